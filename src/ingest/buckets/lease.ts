/**
 * One writer an instrument. Whoever creates the table of the next epoch holds the lease; an older holder's buckets are
 * refused by the gate from then on. The epoch is the high part of every `v`, so that rows of a later writer always win.
 */
import { engineErrorType } from "../../engine/failure.js";
import { FeatureError } from "../../errors.js";
import { attemptVersion } from "../../schema/attempt.js";
import { leaseTablePrefix } from "../../schema/passing-tables.js";
import { quoteIdentifier } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";

export interface Lease {
  readonly instrument: InstrumentKey;
  readonly epoch: number;
  /** The next `v` of this instrument: taken before raw data is read, strictly increasing. */
  nextVersion(): bigint;
}

/** Takes over an instrument. Throws FS_BUCKETS_LEASE (exit 5) when another writer takes it at the same moment. */
export async function takeLease(context: ClockContext, instrument: InstrumentKey): Promise<Lease> {
  const { engine, owner } = context;
  const leases = featuresTable(context, "leases");
  const params = instrumentParams(instrument);
  const [current] = await engine.rows<{ epoch: string }>(
    `SELECT max(epoch) AS epoch FROM ${leases}
     WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}`,
    { params },
  );
  const held = await heldEpochs(context, instrument);
  const epoch = Math.max(Number(current?.epoch ?? 0), ...held) + 1;
  try {
    await engine.execute(`CREATE TABLE ${leaseTable(context, instrument, epoch)} (held UInt8) ENGINE = Null`);
  } catch (error) {
    if (engineErrorType(error) !== "TABLE_ALREADY_EXISTS") throw error;
    throw new FeatureError(
      "FS_BUCKETS_LEASE",
      `another process is taking over ${instrumentName(instrument)}`,
      {
        object: instrumentName(instrument),
        cause: error,
      },
    );
  }
  await engine.execute(
    `INSERT INTO ${leases} (exchange, market_type, symbol, epoch, owner)
     VALUES ({exchange:String}, {market_type:String}, {symbol:String}, {epoch:UInt64}, {owner:String})`,
    { params: { ...params, epoch, owner } },
  );
  for (const old of held)
    await engine.execute(`DROP TABLE IF EXISTS ${leaseTable(context, instrument, old)}`);
  let attempt = 0n;
  return {
    instrument,
    epoch,
    nextVersion: () => {
      attempt += 1n;
      return attemptVersion(epoch, attempt);
    },
  };
}

/**
 * Epochs whose tables are there: the last holder's, and that of a writer that died before it could note in `leases` what it
 * had created. A later epoch is free for whoever comes then.
 */
async function heldEpochs(context: ClockContext, instrument: InstrumentKey): Promise<number[]> {
  const rows = await context.engine.rows<{ epoch: string }>(
    `SELECT toUInt64OrZero(substring(name, length({prefix:String}) + 1)) AS epoch
     FROM system.tables
     WHERE database = {features:String} AND startsWith(name, {prefix:String}) AND epoch > 0`,
    { params: { features: context.project.databases.features, prefix: leasePrefix(instrument) } },
  );
  return rows.map((row) => Number(row.epoch));
}

function leasePrefix(instrument: InstrumentKey): string {
  return leaseTablePrefix(instrumentName(instrument));
}

function leaseTable(context: ClockContext, instrument: InstrumentKey, epoch: number): string {
  const { features } = context.project.databases;
  return `${quoteIdentifier(features)}.${quoteIdentifier(`${leasePrefix(instrument)}${epoch}`)}`;
}
