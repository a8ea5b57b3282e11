import { compileSelect } from "../compile/kysely/compiled-select.js";
import { queryBuilder } from "../compile/kysely/query-builder.js";
import { table } from "../compile/kysely/table.js";
import { pointInTimeColumns } from "../compile/point-in-time.js";
import { column } from "../compile/stored-vector.js";
import { FeatureError } from "../errors.js";
import { countMatches, matchWarnings } from "./count-matches.js";
import { outputFormats } from "./engine-format.js";
import { checkRequest, type FetchRequest } from "./fetch-request.js";
import type { FetchSummary, VectorSummary } from "./fetch-summary.js";
import { type FormattedFile, formatOf, outFormats, type SpineFormat } from "./file-format.js";
import {
  dropJoined,
  type JoinedTable,
  joinedSpine,
  joinLabel,
  joinVector,
  leaveOutages,
  storedName,
} from "./joined-table.js";
import { fileHash, type ManifestSpine, manifestOf, manifestPath, writeManifest } from "./manifest.js";
import { readOutages, stageOutages } from "./outages.js";
import { readFacts } from "./read-facts.js";
import { recordFetch } from "./record-fetch.js";
import { valueColumns } from "./set-columns.js";
import { openSpine } from "./spine-file.js";
import { stageSpine } from "./stage-spine.js";
import { type StagingTables, withStaging } from "./staging-tables.js";
import { columnOf, vectorOfLabel } from "./training-set.js";

export interface SpineFetchRequest extends FetchRequest {
  readonly spine: FormattedFile<SpineFormat>;
  /** The query whose result the file is, where the spine was one. */
  readonly spineSql?: string;
}

/**
 * Writes the spine's rows, each once and in the spine's order, with what vectors were known to be at `ts`: cli.md's contract of
 * fetched files. Nothing of it passes through memory as a whole: the joined rows lie in a table sorted by row number, which also
 * gives the counts.
 */
export async function fetchAtSpine(request: SpineFetchRequest): Promise<FetchSummary> {
  const started = performance.now();
  const { engine, set, database, out, outages } = request;
  const format = formatOf(out, outFormats);
  const inputs = [request.spine.path, ...(outages === undefined ? [] : [outages])];
  checkRequest(request, inputs);
  const excluded = outages === undefined ? undefined : await readOutages(outages);
  return withStaging(engine, database, async (tables) => {
    const added = [
      ...set.vectors.flatMap((vector) => pointInTimeColumns.map((name) => columnOf(set, vector, name))),
      ...valueColumns(set),
    ];
    const file = await openSpine(engine, request.spine, added, tables.shape);
    const spine = await stageSpine(engine, file, tables.spine);
    const hash = (
      await readFacts(engine, tables.spine, "ts", ["row", "exchange", "market_type", "symbol", "ts"], [])
    ).rowsHash;
    let joined = await joinAll(request, await joinedSpine(engine, spine), tables);
    if (excluded !== undefined) {
      await stageOutages(engine, excluded, joined.table, tables.outages);
      joined = await next(
        request,
        joined,
        (into) => leaveOutages(engine, joined, tables.outages, into),
        tables,
      );
    }
    const values = joined.columns
      .slice(spine.columns.length)
      .filter(({ name }) => valueColumns(set).includes(name));
    const facts = await readFacts(
      engine,
      joined.table,
      "ts",
      ["row"],
      values.map(({ stored }) => stored),
    );
    if (excluded === undefined && facts.rows !== spine.rows) {
      throw new FeatureError("FS_INTERNAL", `The join made ${facts.rows} rows of ${spine.rows} spine rows.`);
    }
    const vectors: VectorSummary[] = [];
    for (const vector of set.vectors) {
      vectors.push(await countMatches(engine, set, vector, joined.table));
      await recordFetch(engine, request.log, vector, joined.table, storedName(set, vector, "bucket_id"));
    }
    const { name, settings } = outputFormats[format];
    const { sql: text, params } = resultQuery(joined);
    await engine.exportTo(out.path, name, text, { params, settings });
    const summary: FetchSummary = {
      out: { path: out.path, format },
      manifest: manifestPath(out.path),
      rows: facts.rows,
      excluded: spine.rows - facts.rows,
      ...firstSummary(vectors),
      vectors,
      nullShares: Object.fromEntries(values.map(({ name }, place) => [name, facts.nullShare(place)])),
      warnings: matchWarnings(facts.rows, vectors),
      seconds: (performance.now() - started) / 1000,
    };
    const from: ManifestSpine =
      request.spineSql === undefined
        ? {
            kind: "file",
            path: request.spine.path,
            sha256: await fileHash(request.spine.path),
            rowsHash: hash,
          }
        : { kind: "sql", sql: request.spineSql, rowsHash: hash };
    const manifest = await manifestOf(set, summary, {
      spine: from,
      timeRange: facts.timeRange,
      revision: request.revision ?? null,
      outages,
    });
    writeManifest(summary.manifest, manifest);
    return summary;
  });
}

function firstSummary([first]: readonly VectorSummary[]): VectorSummary {
  if (first === undefined) throw new FeatureError("FS_INTERNAL", "A fetch without a vector.");
  return first;
}

/** Vectors, then labels, each as a table that holds what was there before it, too. */
async function joinAll(
  request: FetchRequest,
  spine: JoinedTable,
  tables: StagingTables,
): Promise<JoinedTable> {
  const { engine, set } = request;
  let joined = spine;
  for (const vector of set.vectors) {
    const from = joined;
    joined = await next(request, from, (into) => joinVector(engine, set, vector, from, into), tables);
  }
  for (const [place, label] of set.labels.entries()) {
    const from = joined;
    const vector = vectorOfLabel(set, label);
    if (vector === undefined) continue;
    const bucket = storedName(set, vector, "bucket_id");
    joined = await next(request, from, (into) => joinLabel(engine, label, bucket, from, into, place), tables);
  }
  return joined;
}

/** Makes the next table and drops the last: two of them are on disk at most. */
async function next(
  { engine }: FetchRequest,
  from: JoinedTable,
  make: (into: StagingTables["spine"]) => Promise<JoinedTable>,
  tables: StagingTables,
): Promise<JoinedTable> {
  const made = await make(tables.step());
  await dropJoined(engine, from);
  return made;
}

function resultQuery({ table: result, columns }: JoinedTable) {
  const own = (name: string) => column("result", name);
  return compileSelect(
    queryBuilder()
      .selectFrom(table(result, "result"))
      .select(columns.map(({ stored, name }) => own(stored).as(name)))
      .orderBy(own("row")),
  );
}
