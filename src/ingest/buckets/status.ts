/** What `feature buckets status` shows: how an instrument's buckets came out, and what is left to do. */
import type { Reader } from "../../engine/port.js";
import { quoteName } from "../../schema/quote.js";
import type { Project } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { ClockContext, InstrumentRow } from "./clock-context.js";

const template = sqlTemplate(import.meta.url, "bucket-status");

export interface BucketStatus extends InstrumentRow {
  readonly cut_version: number;
  /** Closed buckets that are stored. */
  readonly buckets: number;
  /** Of these, not computed at all levels yet. */
  readonly pending: number;
  readonly first_start: string | null;
  readonly last_end: string | null;
  /** Seconds; NULL without buckets. */
  readonly duration_p50_s: number | null;
  readonly duration_p90_s: number | null;
  /** Share of buckets that the time cap closed. */
  readonly time_share: number | null;
  readonly trades_p50: number | null;
  /** The size of the last bucket, as a decimal. */
  readonly size: string | null;
  /** Trades in the bucket that is still open. */
  readonly open_trades: number;
  readonly open_start: string | null;
  /** Every trade below it was cut. */
  readonly watermark: string | null;
  readonly late: number;
}

/** One row an instrument, in order of name. Reads only. */
export async function bucketStatus(
  context: Pick<ClockContext, "compiled" | "clock"> & { readonly engine: Reader; readonly project: Project },
): Promise<BucketStatus[]> {
  const { features, raw } = context.project.databases;
  return context.engine.rows<BucketStatus>(
    template({
      buckets: quoteName(context.compiled.buckets),
      state: quoteName({ database: features, name: "bucket_state" }),
      closes: quoteName({ database: features, name: "closes" }),
      late: quoteName({ database: raw, name: "late_trades" }),
    }),
    { params: { clock: context.clock.name } },
  );
}
