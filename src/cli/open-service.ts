import { OnlineStore } from "../online/online-store.js";
import type { BucketSpan } from "../online/read-rows.js";
import { type Listening, listen } from "../serve/listen.js";
import { ServedLog } from "../serve/served-log.js";
import { defaultServiceLimits, type Service } from "../serve/service.js";
import { instrumentName } from "../spec/model.js";
import type { Context } from "./context.js";
import { keepFollowing, modelFollower, versionFollower } from "./follow-versions.js";
import { openPredictions } from "./open-predictions.js";
import { packageVersion } from "./package-version.js";
import { scrubSecrets } from "./scrub.js";
import { serveKeys } from "./serve-keys.js";
import { servedVectors } from "./served-vectors.js";
import type { Shell } from "./shell.js";

/** How often the registry is asked whether another version of a vector or model is live. */
const followMs = 2000;

/** What `feature serve` and `feature up` take alike. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly keys?: string;
  readonly vector?: readonly string[];
  readonly onlineMemory: number;
  readonly maxRows: number;
  readonly rateLimit: number;
}

export interface OpenService extends Listening {
  /** Takes up buckets that this process closed; resolves when they can be read. */
  closed(clock: string, spans: readonly BucketSpan[]): Promise<void>;
  /** Takes up what another process stored. */
  poll(): Promise<void>;
}

/** Fills the online store and opens the service. `now`: epoch ms. It is closed by a signal, before the engine is. */
export async function openService(
  context: Context,
  shell: Shell,
  flags: ServeFlags,
  now: () => number,
): Promise<OpenService> {
  const { engine, project } = context;
  const keys = await serveKeys(shell, flags.keys);
  const vectors = await servedVectors(context, flags.vector ?? []);
  const maxBytes = flags.onlineMemory * 2 ** 20;
  const store = new OnlineStore({ reader: engine, vectors, now, maxBytes });
  await store.warm();
  const log = await ServedLog.open(engine, { database: project.databases.features, name: "fetches" }, store);
  const predictions = await openPredictions(context, shell, store, { now, maxBytes });
  const service: Service = {
    store,
    predictions,
    engine,
    database: project.databases.features,
    instruments: project.instruments.map(instrumentName),
    keys,
    now,
    version: packageVersion(),
    limits: {
      ...defaultServiceLimits,
      streamRows: flags.maxRows,
      inlineRows: Math.min(defaultServiceLimits.inlineRows, flags.maxRows),
      requestsPerSecond: flags.rateLimit,
    },
    log: shell.options.quiet
      ? undefined
      : { write: (line) => process.stderr.write(scrubSecrets(line, shell.env)) },
  };
  let listening: Listening;
  try {
    listening = await listen(service, flags.host, flags.port);
  } catch (error) {
    await predictions?.close();
    throw error;
  }
  const stopFollowing = keepFollowing(
    [
      // One process holds an embedded engine: nobody else applies anything there.
      ...(engine.kind === "embedded" ? [] : [versionFollower({ context, shell, store, predictions })]),
      ...(predictions === undefined ? [] : [modelFollower(predictions, shell.progress)]),
    ],
    followMs,
  );
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    // The audit's last rows are written once what was asked is answered.
    closing ??= Promise.all([listening.close(), stopFollowing()]).then(async () => {
      await predictions?.close();
      await log.close();
    });
    return closing;
  };
  const { rings } = store.stats;
  const who = keys.isEmpty ? "no key needed" : "API keys needed";
  shell.progress.line(
    `serving ${vectors.map(({ name }) => name).join(", ")} (${rings} in memory) on ${listening.url} (${who}; ${listening.url}/docs)`,
  );
  shell.onInterrupt(close);
  return {
    url: listening.url,
    close,
    closed: async (clock, spans) => {
      await Promise.all([store.closed(clock, spans), predictions?.closed(clock, spans)]);
    },
    poll: async () => {
      await Promise.all([store.poll(), predictions?.poll()]);
    },
  };
}
