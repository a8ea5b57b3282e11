import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdvanceOptions, type AdvanceResult, advance } from "../../src/ingest/buckets/advance.js";
import type { InsertLimits } from "../../src/ingest/buckets/batches.js";
import { heal } from "../../src/ingest/buckets/heal.js";
import type { StoredTable } from "../../src/ingest/buckets/rebuild.js";
import type { FormatName } from "../../src/ingest/formats/format.js";
import { ingest } from "../../src/ingest/ingest.js";
import type { IngestSummary } from "../../src/ingest/summary.js";
import type { Deployment } from "./stock-deployment.js";
import type { MarketFile } from "./tardis-files.js";

export interface IngestRun {
  readonly summary: IngestSummary;
  readonly advanced: AdvanceResult;
}

/** `feature ingest`, without its command line: repairs, stores the rows of the files, cuts and closes. */
export async function ingestPaths(
  deployment: Deployment,
  format: FormatName,
  files: readonly string[],
  limits?: InsertLimits,
  onComputed?: AdvanceOptions["onComputed"],
): Promise<IngestRun> {
  const { engine, project, context } = deployment;
  await heal(context, storedTableNames(deployment));
  let advanced: AdvanceResult | undefined;
  const summary = await ingest({
    engine,
    project,
    format,
    files,
    folder: process.cwd(),
    options: { instrument: undefined, map: undefined, market: undefined, source: undefined },
    now: Date.now,
    afterStore: async (instruments) => {
      advanced = await advance(context, {
        instruments,
        ...(limits === undefined ? {} : { limits }),
        ...(onComputed === undefined ? {} : { onComputed }),
      });
      return advanced.bucketsClosed;
    },
  });
  if (advanced === undefined) throw new Error("ingest handed no instruments on");
  return { summary, advanced };
}

/** The same for files of Tardis that are not on disk yet; two may bear one name. */
export async function ingestTardis(
  deployment: Deployment,
  files: readonly MarketFile[],
  limits?: InsertLimits,
  onComputed?: AdvanceOptions["onComputed"],
): Promise<IngestRun> {
  const folder = mkdtempSync(join(tmpdir(), "prism-files-"));
  try {
    return await ingestPaths(deployment, "tardis", writeFiles(folder, files), limits, onComputed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each file in a folder of its own below `folder`; returns their paths. */
export function writeFiles(folder: string, files: readonly MarketFile[]): string[] {
  return files.map(({ name, bytes }, index) => {
    const own = join(folder, String(index));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, name), bytes);
    return join(own, name);
  });
}

/** Where views and vectors are stored, and the clock of each. */
export function storedTableNames({ catalog }: Deployment): StoredTable[] {
  return catalog.objects.flatMap(({ clock, storage }) =>
    storage === undefined ? [] : [{ clock, table: storage.table }],
  );
}
