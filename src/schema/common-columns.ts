import type { Column } from "./object.js";

/** Types as the engine writes them, so that a table read back from it compares equal to the value here. */
export const timeType = "DateTime64(3, 'UTC')";
export const nameType = "LowCardinality(String)";
export const priceType = "Decimal(18, 8)";
/** Quantities and values: contracts and low-priced coins need more digits than a price. */
export const amountType = "Decimal(38, 8)";

/** Columns that grow slowly along the sorting key (times, sequence numbers, prices). */
export const growing = "Delta, ZSTD(1)";
export const packed = "ZSTD(1)";

/**
 * The columns of a hot table. Its rows are written once and then read several times within minutes (cutting, closing, merging), so
 * time counts more than space (docs/adr/0016-bulk-loads.md).
 */
export function fastCodecs(columns: readonly Column[]): Column[] {
  return columns.map((column) =>
    column.codec === undefined ? column : { ...column, codec: column.codec.replace(packed, "LZ4") },
  );
}

/** How many insert tokens a table remembers. Retries with a token need it on the source and on every stored target. */
export const deduplication = { non_replicated_deduplication_window: 1000 } as const;

export const instrumentKey = ["exchange", "market_type", "symbol"] as const;

export const instrumentColumns: readonly Column[] = instrumentKey.map((name) => ({ name, type: nameType }));

export function time(name: string, comment?: string): Column {
  return { name, type: timeType, codec: growing, ...(comment === undefined ? {} : { comment }) };
}

export function column(
  name: string,
  type: string,
  more: { default?: string; codec?: string; comment?: string } = {},
): Column {
  return {
    name,
    type,
    ...(more.default === undefined ? {} : { default: { kind: "DEFAULT", expression: more.default } }),
    ...(more.codec === undefined ? {} : { codec: more.codec }),
    ...(more.comment === undefined ? {} : { comment: more.comment }),
  };
}

/**
 * The last columns of every raw table. `keep` falls with the time of storing, so that `ReplacingMergeTree(keep)`, which
 * leaves the row with the highest value, leaves the row that was stored first.
 */
export const storedColumns: readonly Column[] = [
  {
    ...column("available_at", timeType, {
      default: "greatest(timestamp, now64(3, 'UTC'))",
      comment: "when the row could have been known",
    }),
    codec: growing,
  },
  column("data_source", nameType, { default: "'marketprism'" }),
  column("created_at", "DateTime('UTC')", { default: "now('UTC')", codec: growing }),
  column("ingested_at", timeType, {
    default: "now64(3, 'UTC')",
    codec: growing,
    comment: "when the row was stored; retention counts from here",
  }),
  column("keep", "UInt64", {
    default: "toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9)))",
    codec: packed,
    comment: "falls with the time of storing: the first stored row of a key stays",
  }),
];

/** A TTL that counts from when a row was stored; event time would delete old recordings at the first merge. */
export function ttlFrom(storedAt: string, ms: number | undefined): { ttl?: string } {
  if (ms === undefined) return {};
  return { ttl: `toDateTime(${storedAt}) + toIntervalSecond(${Math.ceil(ms / 1000)})` };
}
