import { storedKey } from "../compile/feature-table.js";
import { scanSettings } from "../compile/stored-vector.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { outputFormats } from "./engine-format.js";
import { checkRequest, type FetchRequest } from "./fetch-request.js";
import type { FetchSummary, VectorSummary } from "./fetch-summary.js";
import { formatOf, outFormats } from "./file-format.js";
import { joinAlgorithm } from "./join-algorithm.js";
import { manifestOf, manifestPath, writeManifest } from "./manifest.js";
import { readOutages, stageOutages } from "./outages.js";
import { readFacts } from "./read-facts.js";
import { recordFetch } from "./record-fetch.js";
import { valueColumns } from "./set-columns.js";
import { withStaging } from "./staging-tables.js";
import { columnOf, type FetchedVector, outputOf, type TrainingSet } from "./training-set.js";

const relationText = sqlTemplate(import.meta.url, "every-bucket");
const joinText = sqlTemplate(import.meta.url, "every-bucket-join");
const outagesText = sqlTemplate(import.meta.url, "every-bucket-outages");

/**
 * Writes every bucket of the first vector once, in its newest version, ordered by key, with the other vectors and the labels of
 * the same bucket beside it. `available_at` is when all of the vectors are known. A vector without rows is an error and writes
 * no file.
 */
export async function fetchEveryBucket(request: FetchRequest): Promise<FetchSummary> {
  const started = performance.now();
  const { engine, set, out, outages } = request;
  const format = formatOf(out, outFormats);
  checkRequest(request, outages === undefined ? [] : [outages]);
  const first = firstOf(set);
  const excluded = outages === undefined ? undefined : await readOutages(outages);
  return withStaging(engine, request.database, async (tables) => {
    if (excluded !== undefined) await stageOutages(engine, excluded, first.table, tables.outages);
    const relation = everyBucket(set, excluded === undefined ? undefined : tables.outages);
    const values = valueColumns(set);
    const algorithm = await joinAlgorithm(engine, first);
    const bounded = { ...scanSettings, join_use_nulls: 1, join_algorithm: algorithm };
    const text = relation([...storedKey, ...values]);
    const facts = await readFacts(
      engine,
      `(${text})`,
      "available_at",
      storedKey.slice(0, 6),
      values,
      bounded,
    );
    const stored = (
      await readFacts(
        engine,
        `(SELECT * FROM ${quoteName(first.table)} FINAL)`,
        "available_at",
        ["bucket_id"],
        [],
      )
    ).rows;
    if (stored === 0) {
      throw new FeatureError(
        "FS_FETCH_EMPTY",
        `The vector ${first.name} has no rows in ${first.table.name}.`,
        {
          object: first.name,
        },
      );
    }
    for (const vector of set.vectors)
      await recordFetch(engine, request.log, vector, vector.table, "bucket_id");
    const { name, settings } = outputFormats[format];
    const order = "\nORDER BY exchange, market_type, symbol, bucket_id";
    await engine.exportTo(out.path, name, `SELECT * FROM (${text})${order}`, {
      settings: { ...settings, ...bounded },
    });
    const matched = ({ name }: FetchedVector): VectorSummary => ({
      vector: name,
      matched: facts.rows,
      missing: 0,
      stale: 0,
      unknownInstruments: [],
    });
    const summary: FetchSummary = {
      out: { path: out.path, format },
      manifest: manifestPath(out.path),
      rows: facts.rows,
      excluded: stored - facts.rows,
      ...matched(first),
      vectors: set.vectors.map(matched),
      nullShares: Object.fromEntries(values.map((name, place) => [name, facts.nullShare(place)])),
      warnings: facts.rows === 0 ? ["Every bucket meets an outage: the file has no rows."] : [],
      seconds: (performance.now() - started) / 1000,
    };
    const manifest = await manifestOf(set, summary, {
      spine: { kind: "every_bucket", rowsHash: facts.rowsHash },
      timeRange: facts.timeRange,
      revision: request.revision ?? null,
      outages,
    });
    writeManifest(summary.manifest, manifest);
    return summary;
  });
}

function firstOf({ vectors, labels }: TrainingSet): FetchedVector {
  const [first] = vectors;
  if (first === undefined) throw new FeatureError("FS_INTERNAL", "A fetch without a vector.");
  const other = [...vectors, ...labels].find(({ clock }) => clock !== first.clock);
  if (other !== undefined) {
    const message = `${other.name} is of clock ${other.clock}, and ${first.name} of clock ${first.clock}: their buckets differ.`;
    throw new FeatureError("FS_FETCH_CLOCKS", message, { object: other.name });
  }
  return first;
}

/** Columns → the SELECT of them. */
function everyBucket(
  set: TrainingSet,
  outages: TableName | undefined,
): (columns: readonly string[]) => string {
  const first = firstOf(set);
  const value = (alias: string, column: string, name: string): string =>
    `${alias}.${quoteIdentifier(column)} AS ${quoteIdentifier(name)}`;
  const others = set.vectors.slice(1).map((vector, place) => ({ alias: `v${place + 1}`, vector }));
  const labels = set.labels.map((label, place) => ({ alias: `l${place}`, label }));
  const lag = Math.max(...set.vectors.map((vector) => vector.lagMs)) - first.lagMs;
  const keys = storedKey.map((name) =>
    name === "available_at"
      ? `v0.available_at + toIntervalMillisecond(${lag}) AS available_at`
      : `v0.${name} AS ${name}`,
  );
  const ends = labels.flatMap(({ alias, label }) =>
    label.outputs.some(({ name }) => name === "label_end_ts") ? [`${alias}.label_end_ts`] : [],
  );
  const end = ends.reduce(
    (last, name) => `greatest(${last}, ifNull(${name}, v0.bucket_ts_end))`,
    "v0.bucket_ts_end",
  );
  const joins = [
    ...others.map(({ alias, vector }) =>
      joinText({
        alias,
        table: quoteName(vector.table),
        values: vector.features.map(quoteIdentifier).join(", "),
      }),
    ),
    ...labels.map(({ alias, label }) =>
      joinText({
        alias,
        table: quoteName(label.table),
        values: label.outputs.map(({ name }) => quoteIdentifier(name)).join(", "),
      }),
    ),
  ];
  const values = [
    ...first.features.map((name) => value("v0", name, columnOf(set, first, name))),
    ...others.flatMap(({ alias, vector }) =>
      vector.features.map((name) => value(alias, name, columnOf(set, vector, name))),
    ),
    ...labels.flatMap(({ alias, label }) =>
      label.outputs.map(({ name }) => value(alias, name, outputOf(label, name))),
    ),
    ...(outages === undefined
      ? []
      : [
          "toUnixTimestamp64Milli(v0.bucket_ts_start) AS outage_start_ms",
          `toUnixTimestamp64Milli(${end}) AS outage_end_ms`,
        ]),
  ];
  return (columns) =>
    relationText({
      columns: columns.map((name) => `s.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`).join(",\n"),
      keys: keys.join(",\n"),
      values: values.join(",\n"),
      table: quoteName(first.table),
      joins: joins.join("\n"),
      outages: outages === undefined ? "" : outagesText({ outages: quoteName(outages) }),
    });
}
