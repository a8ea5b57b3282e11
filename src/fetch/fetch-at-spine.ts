import { compileSelect } from "../compile/kysely/compiled-select.js";
import { queryBuilder } from "../compile/kysely/query-builder.js";
import { table } from "../compile/kysely/table.js";
import { pointInTimeColumns, pointInTimeQuery } from "../compile/point-in-time.js";
import { column, type StoredVector } from "../compile/stored-vector.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { instrumentColumns, timeType } from "../schema/common-columns.js";
import type { Column, TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import { sqlTemplate } from "../sql-template.js";
import { countMatches } from "./count-matches.js";
import { outputFormats } from "./engine-format.js";
import { checkOut, type FetchRequest, storedVector } from "./fetch-request.js";
import type { FetchSummary } from "./fetch-summary.js";
import { type FormattedFile, formatOf, outFormats, type SpineFormat } from "./file-format.js";
import { joinAlgorithm } from "./join-algorithm.js";
import { recordFetch } from "./record-fetch.js";
import { openSpine } from "./spine-file.js";
import { type StagedSpine, stageSpine } from "./stage-spine.js";
import { withStaging } from "./staging-tables.js";

const insertResult = sqlTemplate(import.meta.url, "insert-result");

export interface SpineFetchRequest extends FetchRequest {
  readonly spine: FormattedFile<SpineFormat>;
  /** Where the fetch makes its own tables; it drops them at its end. */
  readonly database: string;
}

/**
 * Writes the spine's rows, each once and in the spine's order, with what the vector was known to be at `ts`: cli.md's contract of
 * fetched files. Nothing of it passes through memory as a whole: the joined rows lie in a table sorted by row number, which also
 * gives the counts.
 */
export async function fetchAtSpine(request: SpineFetchRequest): Promise<FetchSummary> {
  const started = performance.now();
  const { engine, vector, database, out } = request;
  const format = formatOf(out, outFormats);
  checkOut(out.path, [request.spine.path]);
  const stored = storedVector(request);
  return withStaging(engine, database, async (tables) => {
    const added = [...pointInTimeColumns, ...stored.features];
    const file = await openSpine(engine, request.spine, added, tables.shape);
    const spine = await stageSpine(engine, file, tables.spine);
    await join(engine, spine, stored, vector.maxAgeMs, tables.result);
    const counts = await countMatches(engine, spine, stored, tables.result);
    if (counts.rows !== spine.rows) {
      throw new FeatureError("FS_INTERNAL", `The join made ${counts.rows} rows of ${spine.rows} spine rows.`);
    }
    await recordFetch(request, tables.result);
    const { name, settings } = outputFormats[format];
    const { sql: text, params } = resultQuery(spine, stored, tables.result);
    await engine.exportTo(out.path, name, text, { params, settings });
    return { out: { path: out.path, format }, ...counts, seconds: (performance.now() - started) / 1000 };
  });
}

async function join(
  engine: Engine,
  spine: StagedSpine,
  vector: StoredVector,
  maxAgeMs: number,
  result: TableName,
): Promise<void> {
  const columns = resultColumns(spine, vector);
  const create = { kind: "table", ...result, columns, engine: "MergeTree", orderBy: ["row"] } as const;
  await engine.execute(renderCreate(create));
  const { sql: select, params } = pointInTimeQuery({
    spine: { table: spine.table, columns: ["row", ...spine.columns.map((one) => one.stored)] },
    vector,
    maxAgeMs,
    algorithm: await joinAlgorithm(engine, vector),
  });
  const names = columns.map((one) => quoteIdentifier(one.name)).join(", ");
  await engine.execute(insertResult({ table: quoteName(result), columns: names, select }), { params });
}

/** The result under the names of the staged spine; the export gives the file's names back. */
function resultColumns(spine: StagedSpine, vector: StoredVector): Column[] {
  const keys = new Map(instrumentColumns.map((key) => [key.name, key.type]));
  return [
    { name: "row", type: "UInt64" },
    ...spine.columns.map(({ stored, type }) => ({ name: stored, type: keys.get(stored) ?? type })),
    { name: "bucket_id", type: "Nullable(UInt64)" },
    { name: "bucket_ts_end", type: `Nullable(${timeType})` },
    { name: "available_at", type: `Nullable(${timeType})` },
    { name: "age_s", type: "Nullable(Float64)" },
    ...vector.features.map((name) => ({ name, type: "Nullable(Float64)" })),
  ];
}

function resultQuery(spine: StagedSpine, vector: StoredVector, result: TableName) {
  const own = (name: string) => column("result", name);
  return compileSelect(
    queryBuilder()
      .selectFrom(table(result, "result"))
      .select([
        ...spine.columns.map(({ stored, name }) => own(stored).as(name)),
        ...[...pointInTimeColumns, ...vector.features].map((name) => own(name).as(name)),
      ])
      .orderBy(own("row")),
  );
}
