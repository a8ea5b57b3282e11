import { randomUUID } from "node:crypto";
import { expandPaths } from "./files/expand-paths.js";
import { TempFolder } from "./files/temp-folder.js";
import { readFiles } from "./read-files.js";
import { HeldRows } from "./replay/held-rows.js";
import { HeldTables } from "./replay/held-tables.js";
import type { IngestRequest } from "./request.js";
import { InstrumentTable } from "./staging/instrument-table.js";
import { dropLeftovers, StagingArea } from "./staging/staging-area.js";
import { holdMerges } from "./store/hold-merges.js";
import { type StoreContext, storedTable } from "./store/store-context.js";
import { storeFiles } from "./store-files.js";
import { addCounts, type IngestSummary } from "./summary.js";

/**
 * Reads files, stores their rows, and hands the instruments on to be cut. All files of a command are read before anything of them is
 * stored: an error in one of them leaves the tables as they were (but for the rejected rows, which are kept).
 *
 * @throws FeatureError or Findings, FS_INGEST_…
 */
export async function ingest(request: IngestRequest): Promise<IngestSummary> {
  const { engine, project, now } = request;
  const startedAt = now();
  const inputs = await expandPaths(request.files, request.folder);
  await dropLeftovers(engine, project.databases.raw);
  const id = randomUUID().replaceAll("-", "").slice(0, 16);
  const context: StoreContext = {
    engine,
    project,
    id,
    area: new StagingArea(engine, project.databases.raw, id),
    instruments: new InstrumentTable(),
    dataSource: request.format,
    ...(request.replay === undefined ? {} : { held: new HeldTables(engine, project, id) }),
  };
  const folder = await TempFolder.open();
  try {
    const files = await readFiles(request, context, inputs, folder);
    const store = async (): Promise<IngestSummary> => {
      const stored = await storeFiles(request, context, files, startedAt, () => replayHeld(request, context));
      await context.held?.drop();
      await context.area.drop();
      await folder.remove();
      const storeSeconds = (now() - startedAt) / 1000;
      request.onProgress?.({ phase: "close", done: 0, total: 0 });
      const bucketsClosed = (await request.afterStore?.(stored.instruments)) ?? 0;
      return {
        ...addCounts(stored.files),
        ...stored,
        bucketsClosed,
        storeSeconds,
        seconds: (now() - startedAt) / 1000,
      };
    };
    // A replay stores little at a time, for long: there merges are wanted.
    if (request.replay !== undefined) return await store();
    return await holdMerges(engine, storedTable(context, "trades"), store);
  } finally {
    // After a failure; what is gone already is no harm, and a failing clean-up must not hide why.
    await context.area.drop().catch(() => undefined);
    await context.held?.drop().catch(() => undefined);
    await folder.remove().catch(() => undefined);
  }
}

async function replayHeld({ replay }: IngestRequest, context: StoreContext): Promise<void> {
  if (replay === undefined || context.held === undefined) return;
  const rows = new HeldRows(context, context.held);
  await rows.open();
  await replay(rows);
}
