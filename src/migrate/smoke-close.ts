/** Closes a few made-up buckets of two instruments through all levels, in a database that holds nothing else. */
import { type Catalog, type CompiledClock, type CompiledObject, paths } from "../compile/catalog.js";
import { oneBlock } from "../compile/compile-stream.js";
import { bucketColumns, placeColumn, placeExpression } from "../compile/names.js";
import { sourceTable } from "../compile/source-relation.js";
import type { Engine } from "../engine/port.js";
import { FeatureError, Findings } from "../errors.js";
import { quoteName } from "../schema/quote.js";
import type { Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";

const trades = sqlTemplate(import.meta.url, "smoke-trades");
const books = sqlTemplate(import.meta.url, "smoke-books");
const buckets = sqlTemplate(import.meta.url, "smoke-buckets");

/** Throws Findings for the level at which a close fails. The tables of the catalog exist and are empty. */
export async function smokeClose(engine: Engine, project: Project, catalog: Catalog): Promise<void> {
  const tradesTable = quoteName(sourceTable(project, "trades"));
  await engine.execute(trades({ trades: tradesTable }));
  await engine.execute(books({ books: quoteName(sourceTable(project, "orderbooks")) }));
  for (const clock of catalog.clocks) {
    await engine.execute(buckets({ buckets: quoteName(clock.buckets), trades: tradesTable }));
    const objects = catalog.objects.filter((object) => object.clock === clock.name);
    const columns = bucketColumns.join(", ");
    for (const { path, level, table } of closeOrder(clock)) {
      try {
        await engine.execute(
          `INSERT INTO ${quoteName(table)} (${columns}, ${placeColumn}) SELECT ${columns}, ${placeExpression} FROM ${quoteName(clock.buckets)}`,
          { settings: oneBlock },
        );
      } catch (error) {
        throw closeFailure(
          error,
          level,
          objects.filter((object) => object.level === level && object.path === path),
        );
      }
    }
    for (const object of objects) {
      if (object.kind === "label" && object.backfill !== undefined) await engine.execute(object.backfill);
      if (object.alias !== undefined) await engine.rows(`SELECT * FROM ${quoteName(object.alias)} LIMIT 1`);
    }
  }
}

/** Every trigger table of a clock, path by path, upwards. */
function closeOrder({ close }: CompiledClock) {
  return paths.flatMap((path) => close[path].map((table, level) => ({ path, level, table })));
}

/** The engine names the view that failed; without that, every view of the level is named. */
function closeFailure(error: unknown, level: number, objects: readonly CompiledObject[]): unknown {
  if (!(error instanceof FeatureError) || error.code !== "FS_ENGINE_QUERY") return error;
  const views = objects.filter((object) => object.kind === "view" || object.kind === "vector");
  // Triggers are named after the tables that they fill.
  const named = views.filter(
    ({ storage }) => storage !== undefined && error.message.includes(storage.table.name),
  );
  const suspects = named.length > 0 ? named : views;
  return new Findings(
    suspects.map(
      (object) =>
        new FeatureError("FS_SPEC_CLOSE_FAILS", `a trial close fails at level ${level}: ${error.message}`, {
          object: object.name,
          at: object.at,
          cause: error,
        }),
    ),
  );
}
