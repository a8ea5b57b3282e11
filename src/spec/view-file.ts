/** features/<name>.yaml → FeatureView; what depends on other files is checked in references.ts. */

import { type RawAsOf, readAsOf } from "./as-of.js";
import { readEventRows } from "./event-rows.js";
import { pointerTo } from "./json-pointer.js";
import type {
  AsOf,
  Expectation,
  FeatureColumn,
  FeatureView,
  SourceName,
  StreamName,
  Window,
} from "./model.js";
import { type RawOverBins, readBinRows, readOverBins } from "./over-by.js";
import { readClockName } from "./period-clock.js";
import { readDelay, readStreamRows } from "./read-stream-rows.js";
import { checkViewName } from "./reserved-names.js";
import { readRowFile, type ViewHead } from "./row-file.js";
import { type RawScan, readScan, scanWindow } from "./scan.js";
import type { SpecReader } from "./spec-reader.js";
import { shadowedColumns } from "./stream-columns.js";
import { noRows, type OverBins } from "./stream-rows.js";
import { didYouMean } from "./suggest.js";
import { type RawTimeRows, readLets, readTimeRows } from "./time-windows.js";

interface RawView extends RawOverBins, RawTimeRows, Pick<RawAsOf, "as_of" | "events" | "max_age">, RawScan {
  readonly view: string;
  readonly renamed_from?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly clock?: string;
  readonly every?: string;
  readonly row?: SourceName;
  readonly from?: string | readonly string[];
  readonly table?: string;
  readonly windows?: Readonly<
    Record<string, { buckets?: number; seconds?: number; since?: "utc_day"; min?: number; current?: boolean }>
  >;
  readonly columns: Readonly<
    Record<
      string,
      {
        sql: string;
        unit?: string;
        doc?: string;
        type?: string;
        feature?: boolean;
        approx?: number;
        renamed_from?: string;
      }
    >
  >;
  readonly expect?: Readonly<
    Record<string, { not_null?: boolean; null_share?: { max: number }; min?: number; max?: number }>
  >;
}

const reservedWindows: ReadonlySet<string> = new Set(["bucket", "so_far"]);

export function readViewFile(reader: SpecReader): FeatureView {
  const raw = reader.file.data as RawView;
  checkViewName(reader, raw.view);
  const head: ViewHead = {
    kind: "view",
    name: raw.view,
    renamedFrom: raw.renamed_from,
    description: raw.description ?? "",
    owner: raw.owner ?? "",
    params: raw.params ?? {},
    at: reader.file.keyAt("/view"),
  };
  if (raw.row !== undefined) return readRowFile(reader, head, raw.row, readColumns(reader, raw));
  const overBy = readOverBins(reader, raw);
  const asOf = readAsOf(reader, raw);
  const from = readFrom(reader, raw, overBy);
  const scan = readScan(reader, raw, "views" in from && asOf === undefined && overBy === undefined);
  const columns = readColumns(reader, raw);
  if ("stream" in from) checkShadows(reader, columns, from.stream);
  return {
    ...head,
    clock: readClockName(reader, raw),
    from,
    row: undefined,
    rows: overBy === undefined ? readRows(reader, raw, from, asOf) : readBinRows(reader, raw, overBy),
    overBy,
    fit: readFit(reader, raw, from),
    delayMs: readDelay(reader, raw, "stream" in from ? from.stream : undefined),
    time: readTimeRows(reader, raw, "stream" in from ? from.stream : undefined),
    asOf,
    scan,
    lets: readLets(reader, raw),
    windows: [
      ...(asOf === undefined ? readWindows(reader, raw, from) : []),
      ...(scan === undefined ? [] : [scan.window]),
    ],
    columns,
    expect: readExpectations(reader, raw),
  };
}

/** What does not belong into a view with `as_of:` has a finding already. */
function readRows(
  reader: SpecReader,
  raw: RawView,
  from: FeatureView["from"],
  asOf: AsOf | undefined,
): FeatureView["rows"] {
  if (asOf !== undefined) return asOf.events ? readEventRows(reader, raw, asOf) : noRows;
  return readStreamRows(reader, raw, "stream" in from ? from.stream : undefined);
}

function readFrom(
  reader: SpecReader,
  { from: raw }: RawView,
  overBy: OverBins | undefined,
): FeatureView["from"] {
  const isStream = raw === "trades" || raw === "books" || raw === "events";
  if (isStream && overBy === undefined) return { stream: raw };
  if (isStream && overBy !== undefined) {
    const message = `\`over_by:\` reads views, but \`from:\` names the stream ${raw}`;
    const hint = "Leave it out, or name views whose columns are joined.";
    reader.add("FS_SPEC_VALUE", message, reader.file.at("/from"), hint);
    return { views: [overBy.view] };
  }
  const views = typeof raw === "string" ? [raw] : (raw ?? []);
  const seen = new Set<string>(overBy === undefined ? [] : [overBy.view]);
  views.forEach((name, index) => {
    const at = reader.file.at(typeof raw === "string" ? "/from" : pointerTo("/from", index));
    if (name === "trades" || name === "books" || name === "events") {
      const message = `the stream ${name} stands in a list; a list joins views`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        at,
        `Write \`from: ${name}\`, and join the resulting view in another view.`,
      );
    } else if (seen.has(name)) {
      reader.add("FS_SPEC_DUPLICATE", `\`from\` names ${name} twice`, at);
    }
    seen.add(name);
  });
  return { views: [...seen] };
}

/** `table:` of a view over views: what is fitted by a job, joined as of the bucket. */
function readFit(reader: SpecReader, raw: RawView, from: FeatureView["from"]): string | undefined {
  const { table } = raw;
  if (table === undefined) return undefined;
  const at = reader.file.keyAt("/table");
  if ("stream" in from) {
    const message = `\`table:\` is joined with views, but this view reads the stream ${from.stream}`;
    reader.add("FS_SPEC_VALUE", message, at, `Put it into another view with \`from: ${raw.view}\`.`);
  } else if (raw.windows !== undefined || raw.over_by !== undefined) {
    const message = "`table:` is joined with the bucket itself, and this view reads buckets before it";
    reader.add("FS_SPEC_VALUE", message, at, "Hand what is needed on in a view without, and read that.");
  } else if (from.views.includes(table)) {
    const message = `\`table:\` and \`from:\` both name ${table}`;
    reader.add("FS_SPEC_DUPLICATE", message, reader.file.at("/table"));
  }
  return table;
}

function readColumns(reader: SpecReader, raw: RawView): FeatureColumn[] {
  return Object.entries(raw.columns).map(([name, column]) => ({
    name,
    sql: column.sql,
    unit: column.unit,
    doc: column.doc,
    type: column.type,
    feature: column.feature ?? true,
    approx: column.approx,
    renamedFrom: column.renamed_from,
    at: reader.file.keyAt(pointerTo("/columns", name)),
  }));
}

function checkShadows(reader: SpecReader, columns: readonly FeatureColumn[], stream: StreamName): void {
  const taken = shadowedColumns(stream);
  for (const column of columns) {
    if (!taken.includes(column.name)) continue;
    const message = `column ${column.name} bears the name of a column of the stream ${stream}`;
    reader.add(
      "FS_SPEC_SHADOWS",
      message,
      column.at,
      column.name.startsWith("bucket_") ? undefined : `Rename it, for example to bucket_${column.name}.`,
    );
  }
}

function readWindows(reader: SpecReader, raw: RawView, from: FeatureView["from"]): Window[] {
  const pointer = "/windows";
  const entries = Object.entries(raw.windows ?? {});
  if ("stream" in from && entries.length > 0) {
    const message = `windows go over the buckets of other views, but this view reads the stream ${from.stream}`;
    const hint = `Put the windows into another view with \`from: ${raw.view}\`.`;
    reader.add("FS_SPEC_WINDOW", message, reader.file.keyAt(pointer), hint);
  }
  return entries.map(([name, window]) => {
    const at = reader.file.keyAt(pointerTo(pointer, name));
    if (reservedWindows.has(name) || (name === scanWindow && raw.scan !== undefined)) {
      reader.add(
        "FS_SPEC_NAME",
        `the window name ${name} is taken by the spec language`,
        at,
        "Choose another name.",
      );
    }
    const kind = window.buckets !== undefined ? "buckets" : (window.since ?? "seconds");
    const length = window.buckets ?? (window.since === undefined ? (window.seconds ?? 1) : 86_400);
    const min = window.min ?? (kind === "buckets" ? length : 1);
    if (kind === "buckets" && min > length) {
      const message = `window ${name} has \`min: ${min}\`, but only ${length} buckets, so it would always be NULL`;
      reader.add(
        "FS_SPEC_WINDOW",
        message,
        reader.file.at(pointerTo(pointerTo(pointer, name), "min")),
        `Write at most \`min: ${length}\`.`,
      );
    }
    return { name, kind, length, min, current: window.current ?? true, at };
  });
}

function readExpectations(reader: SpecReader, raw: RawView): Expectation[] {
  const names = Object.keys(raw.columns);
  if (raw.expect !== undefined && (raw.by !== undefined || raw.emit !== undefined)) {
    const message = "`expect:` is about one row a bucket, and this view has one for each bin";
    const hint = "Expect it of a view that reads this one.";
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt("/expect"), hint);
  }
  return Object.entries(raw.expect ?? {}).map(([column, expected]) => {
    const pointer = pointerTo("/expect", column);
    if (!names.includes(column)) {
      const hint = didYouMean(column, names, `Columns: ${names.join(", ")}.`);
      reader.add(
        "FS_SPEC_UNKNOWN_REFERENCE",
        `\`expect\` names the column ${column}, which the view does not have`,
        reader.file.keyAt(pointer),
        hint,
      );
    }
    const { min, max } = expected;
    if (min !== undefined && max !== undefined && min > max) {
      const message = `\`expect.${column}\`: min (${min}) is above max (${max})`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.at(pointerTo(pointer, "min")),
        "Exchange the two numbers.",
      );
    }
    return { column, notNull: expected.not_null ?? false, nullShareMax: expected.null_share?.max, min, max };
  });
}
