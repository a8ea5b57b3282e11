/** Watches the stream of trades behind the closes: what was in it of each bucket. */
import { quoteName } from "../../src/schema/quote.js";
import type { Deployment } from "./stock-deployment.js";

/** A bucket's part of one insert. */
export interface StreamTotal {
  readonly instrument: string;
  readonly bucket_id: number;
  readonly trades: number;
  readonly vol: string;
}

export interface StreamCapture {
  /** Of the latest insert of each bucket, by instrument and id; a bucket comes twice if its insert was split. */
  totals(): Promise<StreamTotal[]>;
}

/** Hangs a view of its own on the Null table that the closes of the main clock fill. */
export async function captureTrades({ engine, project }: Deployment): Promise<StreamCapture> {
  const { features: database } = project.databases;
  const captured = quoteName({ database, name: "captured" });
  await engine.execute(
    `CREATE TABLE ${captured} (instrument String, bucket_id UInt64, v UInt64, trades UInt64, vol Decimal(76, 8))
     ENGINE = MergeTree ORDER BY (instrument, bucket_id)`,
  );
  await engine.execute(
    `CREATE MATERIALIZED VIEW ${quoteName({ database, name: "captured__mv" })} TO ${captured} AS
     SELECT concat(exchange, '/', market_type, '/', symbol) AS instrument, bucket_id, v, count() AS trades, sum(quantity_exact) AS vol
     FROM ${quoteName({ database, name: "ubt__trades_hot" })}
     GROUP BY instrument, bucket_id, v`,
  );
  return {
    totals: () =>
      engine.rows<StreamTotal>(
        `SELECT instrument, toFloat64(bucket_id) AS bucket_id, toFloat64(trades) AS trades, toString(vol) AS vol
         FROM ${captured} AS c
         WHERE (instrument, bucket_id, v) IN (SELECT instrument, bucket_id, max(v) FROM ${captured} GROUP BY instrument, bucket_id)
         ORDER BY instrument, c.bucket_id`,
      ),
  };
}
