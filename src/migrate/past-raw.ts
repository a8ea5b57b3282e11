/** What new versions cannot be filled with: buckets whose raw rows retention has removed. */
import { objectId } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { VersionRecord } from "../plan/deployed.js";
import type { Step } from "../plan/step.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { PlannedApply } from "./plan-apply.js";

const template = sqlTemplate(import.meta.url, "past-raw");

export interface PastRaw {
  /** `kind:name` of a view that is built. */
  readonly object: string;
  /** Stored buckets that get no row. */
  readonly buckets: number;
  /** Those of them that have one in the version that readers see now. */
  readonly lost: number;
}

/** Of all views that pending and planned migrations fill from raw rows, those that get no row of some buckets. */
export async function pastRaw(reader: Reader, planned: PlannedApply): Promise<PastRaw[]> {
  const found: PastRaw[] = [];
  // Most views ask for the same buckets, which takes a look at all raw rows; mostly there is none that is past.
  const nonePast = new Set<string>();
  for (const { steps, records } of [...planned.pending, ...planned.plans]) {
    for (const step of steps) {
      const { whole, behind } = step;
      if (whole === undefined || behind !== undefined) continue;
      for (const object of builtIn(step, records)) {
        if (nonePast.has(whole)) break;
        const counts = await countPast(reader, planned, step, whole, object);
        if (counts?.buckets === 0) nonePast.add(whole);
        else if (counts !== undefined) found.push(counts);
      }
    }
  }
  return found;
}

/** The views whose new version is in the table that a step fills: several where they share it. */
function builtIn({ target }: Step, records: readonly VersionRecord[]): string[] {
  return records.flatMap((record) => {
    if (record.kind !== "object") return [];
    const { kind, state, storage } = record.object;
    const isHere = storage?.table.name === target?.name && storage?.table.database === target?.database;
    return kind === "view" && state === "live" && isHere ? [objectId(record.object)] : [];
  });
}

async function countPast(
  reader: Reader,
  { deployed }: PlannedApply,
  { buckets, target }: Step,
  whole: string,
  object: string,
): Promise<PastRaw | undefined> {
  // Where there is no bucket yet, there need not be a table either.
  const isThere = deployed.tables.some(
    ({ name, database }) => name === buckets?.name && database === buckets.database,
  );
  if (buckets === undefined || target === undefined || !isThere) return undefined;
  const live = deployed.objects.find((one) => one.state === "live" && objectId(one) === object);
  const before = live?.storage?.table;
  const [row] = await reader.rows<{ past: string; lost: string }>(
    template({
      buckets: quoteName(buckets),
      whole,
      has_row:
        before === undefined || before.name === target.name
          ? "0"
          : `(exchange, market_type, symbol, bucket_id) IN (SELECT exchange, market_type, symbol, bucket_id FROM ${quoteName(before)})`,
    }),
  );
  return { object, buckets: Number(row?.past ?? 0), lost: Number(row?.lost ?? 0) };
}

/** Throws FS_PLAN_SHORTER_HISTORY, naming every view that would have fewer rows than readers see now. */
export function refuseShorterHistory(found: readonly PastRaw[]): void {
  const shorter = found.filter(({ lost }) => lost > 0);
  const [first] = shorter;
  if (first === undefined) return;
  const named = shorter.map(({ object, lost }) => `${object.replace(":", " ")} would lose ${lost} rows`);
  throw new FeatureError(
    "FS_PLAN_SHORTER_HISTORY",
    `the new versions cannot be filled for buckets whose raw rows are no longer stored: ${named.join(", ")}`,
    { object: first.object },
  );
}
