/** Parity of views with `row:`: of the time of sampled buckets, every stored row against the source's rows computed again. */
import { type Catalog, type CompiledObject, chunkMark } from "../compile/catalog.js";
import type { Params, Reader } from "../engine/port.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { instrumentName } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { Cluster } from "./clusters.js";
import type { Tally } from "./tally.js";

const template = sqlTemplate(import.meta.url, "row-parity");

/** Over rows `j`. */
const inCluster =
  "WHERE j.exchange = {exchange:String} AND j.market_type = {market_type:String} AND j.symbol = {symbol:String} " +
  "AND j.timestamp >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND j.timestamp < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

export function rowViews(catalog: Catalog): CompiledObject[] {
  return catalog.objects.filter(({ rowOf }) => rowOf !== undefined);
}

export async function checkRows(
  engine: Reader,
  object: CompiledObject,
  cluster: Cluster,
  tally: Tally,
): Promise<void> {
  const [first] = cluster;
  const table = object.storage?.table;
  if (first === undefined || table === undefined || object.backfill === undefined) return;
  const params: Params = {
    exchange: first.instrument.exchange,
    market_type: first.instrument.marketType,
    symbol: first.instrument.symbol,
    from: first.start,
    to: cluster.at(-1)?.end ?? first.end,
  };
  const [counted] = await engine.rows<{ rows: string }>(
    `SELECT toString(count()) AS rows FROM ${quoteName(table)} AS j FINAL ${inCluster}`,
    { params },
  );
  const sql = template({
    columns: ["available_at", "keep", ...object.columns.map(({ name }) => quoteIdentifier(name))].join(", "),
    computed: object.backfill.slice(object.backfill.indexOf("\n") + 1).replace(chunkMark, inCluster),
    table: quoteName(table),
    where: inCluster,
  });
  const differing = await engine.rows<{ at_text: string; found: "stored" | "computed" }>(sql, { params });
  tally.checked(Number(counted?.rows ?? 0));
  for (const { at_text: at, found } of differing) {
    // Raw rows may be gone; a row without its source cannot be held against anyone.
    if (found === "stored" && cluster.some(({ isPastRetention }) => isPastRetention)) {
      tally.notRecomputable(1);
      continue;
    }
    tally.fail({
      object: `view ${object.name}`,
      instrument: instrumentName(first.instrument),
      bucketId: null,
      message: `at ${at} a row is only ${found}`,
    });
  }
}
