import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FeatureError } from "../../errors.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import { columnNamed, type DataFile, readNumbers, withDataFile } from "../data-file.js";
import { outputFormats } from "../engine-format.js";
import { formatOf, type OutFormat, outFormats } from "../file-format.js";
import { type Fold, kFold, walkForward } from "./plan-folds.js";

export type Scheme = "walk-forward" | "expanding" | "k-fold";

export interface SplitRequest {
  readonly path: string;
  readonly scheme: Scheme;
  readonly time: string;
  readonly labelEnd: string;
  readonly embargoMs: number;
  /** Of k-fold. */
  readonly folds: number;
  /** Of the others: lengths in ms; undefined: the whole time divided by `folds` + 1, one part for each validation. */
  readonly spanMs: number | undefined;
  readonly stepMs: number | undefined;
  /** How far training goes back; of walk-forward only. */
  readonly trainSpanMs: number | undefined;
  readonly firstMs: number | undefined;
  /** A folder for two files a fold, or a file for the rows with a column a fold. */
  readonly out: { readonly kind: "folder" | "column"; readonly path: string };
}

export interface FoldSummary {
  readonly fold: number;
  readonly from: string;
  readonly to: string;
  readonly train: number;
  readonly validation: number;
  readonly purged: number;
  readonly files: readonly string[];
}

export interface SplitSummary {
  readonly rows: number;
  /** Rows without a label's end: they are in no fold. */
  readonly unlabelled: number;
  readonly folds: readonly FoldSummary[];
  readonly out: string;
}

export async function splitFile(request: SplitRequest): Promise<SplitSummary> {
  checkOut(request);
  return withDataFile(request.path, async (file) => {
    const [time = new Float64Array(), end = new Float64Array()] = await readNumbers(file, [
      columnNamed(file, request.time).name,
      columnNamed(file, request.labelEnd).name,
    ]);
    const folds = foldsOf(request, { time, end });
    const usable = folds.filter(({ train, validation }) => train.length > 0 && validation.length > 0);
    if (usable.length === 0) {
      const message = `${request.path} gives no fold with rows to train and to validate on: ${time.length} rows, ${folds.length} folds.`;
      throw new FeatureError("FS_FETCH_SPLIT", message, { object: request.path });
    }
    const files =
      request.out.kind === "folder"
        ? await writeFolds(file, request, folds)
        : await writeColumns(file, request, folds);
    const iso = (ms: number): string => new Date(ms).toISOString();
    const summary: SplitSummary = {
      rows: time.length,
      unlabelled: end.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
      folds: folds.map(({ from, to, train, validation, purged }, place) => ({
        fold: place + 1,
        from: iso(from),
        to: iso(to),
        train: train.length,
        validation: validation.length,
        purged: purged.length,
        files: files[place] ?? [],
      })),
      out: request.out.path,
    };
    writeIndex(request, summary);
    return summary;
  });
}

function foldsOf(request: SplitRequest, rows: { time: Float64Array; end: Float64Array }): Fold[] {
  if (request.scheme === "k-fold") return kFold(rows, request.folds, request.embargoMs);
  const finite = rows.time.filter((value) => !Number.isNaN(value));
  const begin = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const last = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) + 1;
  const span = request.spanMs ?? Math.floor((last - begin) / (request.folds + 1));
  if (!(span > 0)) return [];
  return walkForward(rows, {
    first: request.firstMs ?? (request.spanMs === undefined ? last - span * request.folds : begin + span),
    span,
    step: request.stepMs ?? span,
    embargo: request.embargoMs,
    last,
    trainSpan: request.scheme === "walk-forward" ? (request.trainSpanMs ?? span) : undefined,
  });
}

/** A row's part in each fold, beside its number, in a table. */
async function storeParts({ engine, table }: DataFile, folds: readonly Fold[]): Promise<string> {
  const parts = { database: table.database, name: "parts" };
  const names = folds.map((_, place) => `fold_${place + 1}`);
  await engine.execute(
    `CREATE TABLE ${quoteName(parts)} (row_of_file UInt64, ${names.map((name) => `${name} LowCardinality(String)`).join(", ")}) ENGINE = MergeTree ORDER BY row_of_file`,
  );
  const [count] = await engine.rows<{ rows: string }>(
    `SELECT toString(count()) AS rows FROM ${quoteName(table)}`,
  );
  const rows = Number(count?.rows ?? 0);
  const columns = folds.map((fold, place) => {
    const values = new Array<string>(rows).fill("");
    for (const part of ["train", "validation", "purged"] as const)
      for (const row of fold[part]) values[row] = part;
    return { name: names[place] ?? "", type: "String", values };
  });
  const numbers = BigUint64Array.from({ length: rows }, (_, row) => BigInt(row + 1));
  await engine.insert(parts, {
    rows,
    columns: [{ name: "row_of_file", type: "UInt64", values: numbers }, ...columns],
  });
  return quoteName(parts);
}

async function writeFolds(
  file: DataFile,
  request: SplitRequest,
  folds: readonly Fold[],
): Promise<string[][]> {
  const parts = await storeParts(file, folds);
  const format = formatOf({ path: request.path }, outFormats);
  const suffix = request.path.replace(/^.*?(\.[^./]+(\.gz)?)$/, "$1");
  const written: string[][] = [];
  for (const place of folds.keys()) {
    const folder = join(request.out.path, `fold_${place + 1}`);
    mkdirSync(folder, { recursive: true });
    const files = [];
    for (const part of ["train", "validation"]) {
      const path = join(folder, `${part}${suffix}`);
      await exportRows(file, path, format, {
        where: `row_of_file IN (SELECT row_of_file FROM ${parts} WHERE fold_${place + 1} = '${part}')`,
      });
      files.push(path);
    }
    written.push(files);
  }
  return written;
}

async function writeColumns(
  file: DataFile,
  request: SplitRequest,
  folds: readonly Fold[],
): Promise<string[][]> {
  const parts = await storeParts(file, folds);
  const taken = folds
    .map((_, place) => `fold_${place + 1}`)
    .find((name) => file.columns.some((one) => one.name === name));
  if (taken !== undefined) {
    throw new FeatureError("FS_FETCH_SPLIT", `${request.path} has a column ${taken} already.`, {
      object: taken,
    });
  }
  await exportRows(file, request.out.path, formatOf({ path: request.out.path }, outFormats), {
    more: folds.map((_, place) => `p.fold_${place + 1} AS fold_${place + 1}`),
    join: `INNER JOIN ${parts} AS p ON p.row_of_file = d.row_of_file`,
  });
  return folds.map(() => [request.out.path]);
}

async function exportRows(
  { engine, table, columns }: DataFile,
  path: string,
  format: OutFormat,
  how: { readonly where?: string; readonly more?: readonly string[]; readonly join?: string },
): Promise<void> {
  const list = [
    ...columns.map(({ name }) => `d.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`),
    ...(how.more ?? []),
  ];
  const { name, settings } = outputFormats[format];
  const where = how.where === undefined ? "" : `WHERE d.${how.where}`;
  const text = `SELECT ${list.join(", ")} FROM ${quoteName(table)} AS d ${how.join ?? ""} ${where} ORDER BY d.row_of_file`;
  await engine.exportTo(path, name, text, { settings });
}

function checkOut({ path, out }: SplitRequest): void {
  const refuse = (message: string): FeatureError =>
    new FeatureError("FS_FETCH_OUT", message, { object: out.path });
  if (resolve(path) === resolve(out.path)) throw refuse(`The result would overwrite ${path}.`);
  const parent = out.kind === "folder" ? resolve(out.path, "..") : dirname(resolve(out.path));
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw refuse(`The folder ${parent} does not exist.`);
  const there = statSync(out.path, { throwIfNoEntry: false });
  if (out.kind === "folder" && there?.isFile() === true) throw refuse(`${out.path} is a file.`);
  if (out.kind === "column" && there?.isDirectory() === true) throw refuse(`${out.path} is a folder.`);
}

/** What each fold is, as JSON beside the files. */
function writeIndex(
  { out, path, scheme, embargoMs, time, labelEnd }: SplitRequest,
  summary: SplitSummary,
): void {
  const index = out.kind === "folder" ? join(out.path, "splits.json") : `${out.path}.splits.json`;
  const document = {
    schema: "feature.splits/1",
    source: path,
    scheme,
    time,
    labelEnd,
    embargoMs,
    ...summary,
  };
  writeFileSync(`${index}.tmp`, `${JSON.stringify(document, null, 2)}\n`);
  renameSync(`${index}.tmp`, index);
}
