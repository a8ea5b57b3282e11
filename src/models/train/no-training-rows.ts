import type { Reader } from "../../engine/port.js";
import { FeatureError } from "../../errors.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import type { VectorSpec } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { TrainingRow } from "./training-set.js";

const counts = sqlTemplate(import.meta.url, "label-counts");

interface Counts {
  readonly labels: number;
  readonly returns: number;
  readonly classes: number;
  readonly longest: number;
}

/** Why no bucket has both a row of the vector and a class, and what to do about it. */
export async function noClassedRows(
  reader: Reader,
  names: { readonly vector: string; readonly label: string },
  label: TableName,
): Promise<FeatureError> {
  const found = await reader.rows<Record<keyof Counts, string | null>>(counts({ label: quoteName(label) }));
  const count = (name: keyof Counts): number => Number(found[0]?.[name] ?? 0);
  const { why, hint } = reasonOf(names, {
    labels: count("labels"),
    returns: count("returns"),
    classes: count("classes"),
    longest: count("longest"),
  });
  return new FeatureError("FS_MODEL_TRAINING_SET", why, { object: names.label, hint });
}

function reasonOf(
  { vector, label }: { readonly vector: string; readonly label: string },
  { labels, returns, classes, longest }: Counts,
): { readonly why: string; readonly hint: string } {
  const file = `features/labels/${label}.yaml`;
  if (labels === 0)
    return {
      why: `No label of ${label} is stored.`,
      hint: "Ingest data; then `feature labels build` computes the labels whose horizon is closed.",
    };
  if (returns === 0)
    return {
      why: `None of the ${labels} labels of ${label} has a return: their price was NULL or too old where they begin or end.`,
      hint: `See \`price:\` in ${file}. The mid of an order book needs books of the same time: ingest them, too.`,
    };
  if (classes === 0)
    return {
      why: `None of the ${labels} labels of ${label} has a class. An adaptive threshold needs as many returns behind it as its window is long, each of a bucket that lasted \`min_duration\`; no instrument has more than ${longest} labels.`,
      hint: `Ingest a longer time, cut smaller buckets (\`size:\` of the clock), or set \`min:\` of the threshold and \`min_duration:\` in ${file}.`,
    };
  return {
    why: `None of the ${classes} buckets with a class of ${label} has a row of ${vector}.`,
    hint: "`feature status` counts buckets that wait for their features, and `feature buckets build` computes them.",
  };
}

/** Why no row can be used: features that are NULL and that the vector rejects then, the most frequent ones. */
export function noUsableRows(
  rows: readonly TrainingRow[],
  vector: Pick<VectorSpec, "name" | "features">,
  label: string,
): FeatureError {
  const missing = vector.features
    .map(({ view, column, onNull }, place) => ({
      name: `${view}.${column}`,
      rows: onNull === "reject" ? rows.filter(({ features }) => features[place] === null).length : 0,
    }))
    .filter((feature) => feature.rows > 0)
    .sort((a, b) => b.rows - a.rows);
  const texts = missing.slice(0, 3).map((feature) => `${feature.name} in ${feature.rows}`);
  const more = missing.length > 3 ? ` and ${missing.length - 3} others` : "";
  return new FeatureError(
    "FS_MODEL_TRAINING_SET",
    `None of the ${rows.length} rows with a class of ${label} can be used: features that ${vector.name} rejects are NULL (${texts.join(", ")}${more}).`,
    {
      object: label,
      hint: "Ingest what they are computed from, such as order books, or a longer time; or make a vector with another `on_null:` for them.",
    },
  );
}
