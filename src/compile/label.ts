/** A label → the table of its rows, one a bucket whose horizon is closed, and the statement that computes them. */
import { bucketsName } from "../schema/clock-tables.js";
import { timeType } from "../schema/common-columns.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import type { Clock, LabelOutput, LabelSpec, LabelThreshold, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledColumn, type CompiledObject, type Definition, noReach } from "./catalog.js";
import { exactDecimal, nearestFloat } from "./expression/exact-decimal.js";
import { aliasView, backfillStatement, featureTable, missing } from "./feature-table.js";
import { contentHash, dataFingerprint } from "./fingerprint.js";
import { storedAs, versionTable } from "./names.js";

const template = sqlTemplate(import.meta.url, "label");
const pricesTemplate = sqlTemplate(import.meta.url, "label-prices");
const horizons = {
  buckets: sqlTemplate(import.meta.url, "label-horizon-buckets"),
  seconds: sqlTemplate(import.meta.url, "label-horizon-seconds"),
};
const scopes = {
  buckets: sqlTemplate(import.meta.url, "label-scope-buckets"),
  seconds: sqlTemplate(import.meta.url, "label-scope-seconds"),
};

/** A deviation looks back over this many times its window: a feed that is mostly broken gives NULL, not an ancient value. */
const windowReach = 10;

export interface LabelContext {
  readonly project: Project;
  readonly clock: Clock;
  readonly views: ReadonlyMap<string, CompiledObject>;
}

export function compileLabel(label: LabelSpec, context: LabelContext): CompiledObject {
  const { project, clock } = context;
  const database = project.databases.features;
  const view = context.views.get(label.price.view);
  if (view?.storage === undefined) throw missing(`view ${label.price.view}`);
  const columns: CompiledColumn[] = label.outputs.map((name) => ({
    ...outputs[name],
    name,
    feature: false,
    sql: outputs[name].doc ?? name,
    renamedFrom: undefined,
    at: label.at,
  }));
  const definition = meaning(label, view);
  const metadata = { description: label.description, owner: label.owner };
  const dataHash = dataFingerprint(definition);
  const table = versionTable(database, `label_${label.name}`, dataHash);
  const storage = { table, columnPrefix: "" };
  const name = `label_${label.name}`;
  return {
    kind: "label",
    name: label.name,
    clock: clock.name,
    path: view.path,
    level: view.level + 1,
    dataHash,
    metadataHash: contentHash(metadata),
    definition,
    metadata,
    upstream: [`view:${view.name}`],
    description: label.description,
    columns,
    storage,
    tables: [featureTable(project, table, columns, label.description)],
    triggers: [],
    alias: aliasView({ database, name }, storage, columns, label.description),
    backfill: backfillStatement(project, clock, table, columns, select(label, project, clock, view)),
    // It is computed in batches that read what they need; a dirty bucket's labels are found by their `v`.
    lookBack: 0,
    reach: noReach,
    everyBucket: false,
    renamedFrom: undefined,
    at: label.at,
  };
}

const outputs: Readonly<Record<LabelOutput, Pick<CompiledColumn, "type" | "unit" | "doc">>> = {
  raw_return: {
    type: "Nullable(Float64)",
    unit: "log",
    doc: "ln(price at the label's end / price at its start)",
  },
  return_per_second: { type: "Nullable(Float64)", unit: "log/s", doc: "raw_return / duration_s" },
  return_per_sqrt_second: {
    type: "Nullable(Float64)",
    unit: "log/sqrt(s)",
    doc: "raw_return / sqrt(duration_s): of equal variance whatever the duration",
  },
  class: {
    type: "Nullable(Int8)",
    unit: undefined,
    doc: "+1, 0 or -1: the return against its threshold, strictly",
  },
  label_end_ts: {
    type: `Nullable(${timeType})`,
    unit: undefined,
    doc: "When the label is known; splits purge by it",
  },
  duration_s: { type: "Nullable(Float64)", unit: "s", doc: "From the bucket's end to the label's end" },
  sigma: {
    type: "Nullable(Float64)",
    unit: "log/sqrt(s)",
    doc: "Root mean square of the returns per sqrt(second) that were known at the label's start",
  },
  threshold: {
    type: "Nullable(Float64)",
    unit: "log",
    doc: "What |raw_return| had to exceed for a class other than 0",
  },
};

/** All that decides a label's numbers, but for what its price view decides. */
function meaning(label: LabelSpec, view: CompiledObject): Definition {
  const { horizon, price, outputs: names, minDurationMs, threshold, minBps } = label;
  return {
    horizon: { ...horizon },
    price: { column: price.column, age: ageColumn(label, view), maxAgeMs: price.maxAgeMs },
    outputs: names,
    minDurationMs,
    threshold: { ...threshold },
    minBps,
    views: { [view.name]: view.dataHash },
  };
}

/** The column with the price's age: the one that is named, else that of the stock books view. */
function ageColumn({ price }: LabelSpec, view: CompiledObject): string | undefined {
  return price.age ?? view.columns.find(({ name }) => name === "mid_age_ms")?.name;
}

function select(label: LabelSpec, project: Project, clock: Clock, view: CompiledObject): string {
  const { price, horizon } = label;
  if (view.storage === undefined) throw missing(`the table of ${view.name}`);
  const { table, columnPrefix } = view.storage;
  const age = ageColumn(label, view);
  const window = label.threshold?.kind === "adaptive" ? label.threshold.window : 1;
  const reach = String(windowReach * window);
  const length = String(horizon.kind === "buckets" ? horizon.length : horizon.length * 1000);
  const buckets = quoteName(bucketsName(project, clock.name));
  const closes = {
    closes: quoteName({ database: project.databases.features, name: "closes" }),
    clock: quoteString(clock.name),
    path: quoteString(view.path),
  };
  const prices = pricesTemplate({
    ...closes,
    bucket_table: buckets,
    price_table: quoteName(table),
    price_columns: [...new Set([price.column, ...(age === undefined ? [] : [age])])]
      .map((name) => storedAs(`${columnPrefix}${name}`, name))
      .join(", "),
    price: `p.${quoteIdentifier(price.column)}`,
    age: age === undefined ? "0" : `p.${quoteIdentifier(age)}`,
    max_age_ms: String(price.maxAgeMs),
    scope: scopes[horizon.kind]({ reach, length }),
  });
  return template({
    outputs: label.outputs
      .map((name) => `${expressions(label)[name]} AS ${quoteIdentifier(name)}`)
      .join(",\n"),
    min_ms: String(label.minDurationMs),
    square: exactDecimal("ifNull(step, 0) * ifNull(step, 0)", 30),
    squares: nearestFloat("squares_so_far - greatest(squares_before, squares_out_of_reach)"),
    window: String(window),
    reach,
    horizon:
      horizon.kind === "buckets"
        ? horizons.buckets({ prices, length, reach })
        : horizons.seconds({
            prices,
            length,
            reach,
            max_age_ms: String(price.maxAgeMs),
            bucket_table: buckets,
            ...closes,
          }),
  });
}

/** Each output over `raw`, `dt_ms`, `end_of_label`, `cum` and their like; NULL where it is undefined. */
function expressions(label: LabelSpec): Readonly<Record<LabelOutput, string>> {
  const seconds = "(dt_ms / 1000)";
  const long = `dt_ms >= ${label.minDurationMs} AND dt_ms > 0`;
  const perSecond = `if(${long}, raw / ${seconds}, NULL)`;
  const { sigma, threshold, exceeds } = thresholdOf(label.threshold, label.minBps, seconds, perSecond);
  return {
    raw_return: "raw",
    return_per_second: perSecond,
    return_per_sqrt_second: `if(${long}, raw / sqrt(${seconds}), NULL)`,
    class: `CAST(if(isNull(raw) OR isNull(${threshold}) OR NOT (${long}), NULL, multiIf(${exceeds("1")}, 1, ${exceeds("-1")}, -1, 0)) AS Nullable(Int8))`,
    label_end_ts: "if(isNull(raw), NULL, end_of_label)",
    duration_s: `if(isNull(raw), NULL, ${seconds})`,
    sigma,
    threshold: `if(isNull(raw), NULL, ${threshold})`,
  };
}

function thresholdOf(
  threshold: LabelThreshold | undefined,
  minBps: number,
  seconds: string,
  perSecond: string,
): { sigma: string; threshold: string; exceeds: (side: "1" | "-1") => string } {
  const none = "CAST(NULL AS Nullable(Float64))";
  const floor = `${minBps} / 10000`;
  const atLeast = (value: string): string => `if(isNull(${value}), NULL, greatest(${value}, ${floor}))`;
  const compared = (value: string) => (side: "1" | "-1") => `raw * ${side} > ${value}`;
  switch (threshold?.kind) {
    case undefined:
      return { sigma: none, threshold: none, exceeds: compared(none) };
    case "adaptive": {
      const sigma = `if(realised >= ${threshold.min}, sqrt(squares / realised), NULL)`;
      const value = atLeast(`${threshold.sigma} * ${sigma} * sqrt(${seconds})`);
      return { sigma, threshold: value, exceeds: compared(value) };
    }
    case "bps": {
      const value = atLeast(`${threshold.value} / 10000`);
      return { sigma: none, threshold: value, exceeds: compared(value) };
    }
    case "per_second": {
      const value = atLeast(`${threshold.value} * ${seconds}`);
      // Compared as the definition has it, per second; the floor of costs is a return.
      const exceeds = (side: "1" | "-1") =>
        `(${perSecond}) * ${side} > ${threshold.value} AND raw * ${side} ${minBps > 0 ? ">" : ">="} ${floor}`;
      return { sigma: none, threshold: value, exceeds };
    }
  }
}
