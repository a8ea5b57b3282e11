import { hostname } from "node:os";
import type { Catalog } from "../compile/catalog.js";
import { FeatureError } from "../errors.js";
import { breachLine, type ViewBreach } from "../ingest/buckets/check-expectations.js";
import { type ClockContext, clockContext } from "../ingest/buckets/clock-context.js";
import { heal } from "../ingest/buckets/heal.js";
import type { StoredTable } from "../ingest/buckets/rebuild.js";
import { parseInstrumentName } from "../spec/instrument-name.js";
import { type InstrumentKey, instrumentName, type Project } from "../spec/model.js";
import type { Context } from "./context.js";
import { plural } from "./count-text.js";
import { deployedCatalog } from "./deployed-catalog.js";

/** What commands that store rows or close buckets need beside the engine. */
export interface Writing {
  readonly catalog: Catalog;
  /** One a clock, repaired: what a crash left half done is done. */
  readonly clocks: readonly ClockContext[];
  /** The tables of all versions that are fed, retired ones included. */
  readonly storedTables: readonly StoredTable[];
}

/** Who writes, for whoever finds the lease or the directory taken. */
export const writerName = (command: string) => `feature ${command} on ${hostname()}, pid ${process.pid}`;

/** Throws when the target was never applied, or lacks what the specs say: rows would go through other views. */
export async function openWriting(context: Context, command: string): Promise<Writing> {
  const { engine, project } = context;
  const { catalog, deployed } = await deployedCatalog(context);
  const tables = deployed.objects.flatMap(({ clock, storage }) =>
    storage === null ? [] : [{ clock, table: storage.table }],
  );
  const storedTables = [...new Map(tables.map((stored) => [stored.table.name, stored])).values()];
  const clocks = catalog.clocks.map(({ name }) =>
    clockContext(engine, project, catalog, name, writerName(command)),
  );
  for (const clock of clocks) await heal(clock, storedTables);
  return { catalog, clocks, storedTables };
}

/** An instrument as the command line writes it, such as binance/spot/BTCUSDT. */
export function instrumentArgument(text: string): InstrumentKey {
  const key = parseInstrumentName(text);
  if ("problem" in key) throw new FeatureError("FS_CLI_USAGE", `${key.problem}.`, { object: text });
  return key;
}

/** What people do about instruments that are stored but not cut. */
export const withoutSizeWarnings = (names: readonly string[]) =>
  names.map(
    (name) =>
      `${name} is stored but not cut: it has no bucket size; feature buckets calibrate --write finds one, or give it one in features.yaml (clocks: size: default:)`,
  );

/** Buckets that rows came for which can no longer be taken in. */
export function notRecomputableWarnings(
  results: readonly { readonly bucketsNotRecomputable: number }[],
): string[] {
  const buckets = results.reduce((sum, { bucketsNotRecomputable }) => sum + bucketsNotRecomputable, 0);
  if (buckets === 0) return [];
  return [
    `${plural(buckets, "bucket")} not computed again: raw rows that they were computed from are no longer stored (retention: raw:), so they stay as they were`,
  ];
}

/** What is not as views expect: the first few, and where all of it is. */
export function breachWarnings(project: Project, breaches: readonly ViewBreach[]): string[] {
  const shown = breaches.slice(0, 3).map((breach) => `not as expected: ${breachLine(breach)}`);
  const more = breaches.length - shown.length;
  if (more <= 0) return shown;
  return [...shown, `${more} more are not as expected: see ${project.databases.features}.expect_breaches`];
}

/** Instruments whose buckets are stored, but not computed. */
export const failureErrors = (
  failures: readonly { instrument: InstrumentKey; bucket: number; error: FeatureError }[],
) =>
  failures.map(
    ({ instrument, bucket, error }) =>
      new FeatureError("FS_BUCKETS_STOPPED", `Closing stopped at bucket ${bucket}. ${error.message}`, {
        object: instrumentName(instrument),
        cause: error,
      }),
  );
