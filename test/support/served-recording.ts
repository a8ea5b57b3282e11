/** A service over a recording that was closed in this process. */
import { openScratch } from "../../src/engine/open.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import type { BucketRange } from "../../src/ingest/buckets/batches.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import { OnlineStore, type RowEvent } from "../../src/online/online-store.js";
import type { ServedVector } from "../../src/online/served-vector.js";
import type { StoredKey } from "../../src/serve/keys/api-key.js";
import { KeyRing } from "../../src/serve/keys/key-ring.js";
import { type Listening, listen } from "../../src/serve/listen.js";
import { defaultServiceLimits, type Service, type ServiceLimits } from "../../src/serve/service.js";
import { ingestPaths } from "./ingest-files.js";
import { servedStock } from "./served-stock.js";
import { type Deployment, type DeployOptions, deployStock } from "./stock-deployment.js";

export interface ServingOptions {
  readonly keys?: readonly StoredKey[];
  readonly limits?: Partial<ServiceLimits>;
  readonly host?: string;
}

export interface ServedRecording {
  readonly deployment: Deployment;
  /** The first of `vectors`. */
  readonly vector: ServedVector;
  readonly vectors: readonly ServedVector[];
  readonly store: OnlineStore;
  readonly events: readonly RowEvent[];
  /** Epoch ms that the service takes for now. */
  now: number;
  /** What was logged, one text. */
  log: string;
  service(more?: Pick<ServingOptions, "keys" | "limits">): Service;
  open(more?: ServingOptions): Promise<Listening>;
  ingest(format: "binance-archive" | "tardis", files: readonly string[]): Promise<void>;
}

/** The stock project in a scratch engine; `history` rows are kept of each instrument. */
export async function serveRecording(history: number, options?: DeployOptions): Promise<ServedRecording> {
  const deployment = await deployStock(await openScratch(), options);
  const stock = await servedStock(deployment, options);
  return serveDeployment(
    deployment,
    stock.map((vector) => ({ ...vector, history })),
  );
}

/** Vectors of what is deployed already, with the rows that are there. */
export async function serveDeployment(
  deployment: Deployment,
  vectors: readonly ServedVector[],
): Promise<ServedRecording> {
  const [vector] = vectors;
  if (vector === undefined) throw new Error("there is no vector");
  const { engine, project } = deployment;
  const store = new OnlineStore({ reader: engine, vectors, now: () => served.now });
  const events: RowEvent[] = [];
  store.onRow((event) => events.push({ ...event, row: { ...event.row } }));
  await store.warm();
  const served: ServedRecording = {
    deployment,
    vector,
    vectors,
    store,
    events,
    now: Number.MAX_SAFE_INTEGER,
    log: "",
    service: ({ keys = [], limits = {} } = {}) => ({
      store,
      engine,
      database: project.databases.features,
      instruments: ["binance/spot/ETHUSDT"],
      keys: new KeyRing(keys),
      now: () => served.now,
      version: "0.0.0",
      limits: { ...defaultServiceLimits, ...limits },
      log: {
        write: (line) => {
          served.log += line;
        },
      },
    }),
    open: ({ host = "127.0.0.1", ...more } = {}) => listen(served.service(more), host, 0),
    ingest: async (format, files) => {
      const updates: Promise<void>[] = [];
      const told = (clock: string) => (ranges: readonly BucketRange[]) => {
        updates.push(store.closed(clock, ranges));
      };
      await ingestPaths(deployment, format, files, undefined, told("ubt"));
      const others = new Set(vectors.map(({ clock }) => clock));
      others.delete("ubt");
      for (const clock of others) {
        const context = clockContext(engine, project, deployment.catalog, clock, "test");
        await advance(context, { onComputed: told(clock) });
      }
      await Promise.all(updates);
    },
  };
  return served;
}
