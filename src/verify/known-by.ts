/** The past as it was known at moments: every table that a text may read, cut at its `available_at`, once for each moment. */
import type { Catalog } from "../compile/catalog.js";
import type { TableCut } from "../compile/cut-relations.js";
import { symbolAt } from "../compile/moments.js";
import { foreignAvailableAt, sourceTable } from "../compile/source-relation.js";
import { fitsName } from "../schema/fits-table.js";
import { quoteIdentifier } from "../schema/quote.js";
import type { Project } from "../spec/model.js";
import { sourceNames } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";

const place = "moment__place";
const template = sqlTemplate(import.meta.url, "known-by");

/** The buckets that are computed, each with what was known at its own moment. Its parameters are those of the cuts. */
export const whereOwnMoment =
  "WHERE bucket_id IN {ids:Array(UInt64)} AND " +
  "bucket_id = {ids:Array(UInt64)}[toUInt32(splitByChar('/', toString(symbol))[-1])]";

/** Buckets that became known in the same millisecond have an order: a later one of the instrument is not known yet. */
const isInOrder = "(available_at < moment__known_by OR bucket_id <= {last:Array(UInt64)}[moment__place])";

/**
 * Cuts of all raw tables, bucket tables and stored views of one instrument. Parameters: the instrument, and of each moment the
 * `ids` of its bucket, `known_by` in epoch ms, and `last`, the last bucket that was known then.
 */
export function knownBy(project: Project, catalog: Catalog): TableCut[] {
  const raw = sourceNames.map((name): TableCut => {
    const source = project.sources[name];
    const column = (ours: string): string => quoteIdentifier(source.columns[ours] ?? ours);
    return {
      table: sourceTable(project, name),
      select: (relation) =>
        template({
          relation,
          exchange: column("exchange"),
          market_type: column("market_type"),
          symbol: column("symbol"),
          symbol_at: symbolAt(column("symbol"), place),
          available_at: source.external ? foreignAvailableAt(source) : "available_at",
          in_order: "true",
        }),
    };
  });
  const ours = {
    exchange: "exchange",
    market_type: "market_type",
    symbol: "symbol",
    available_at: "available_at",
  };
  const symbol_at = symbolAt("symbol", place);
  const keyed = [
    ...catalog.clocks.map((clock) => clock.buckets),
    ...catalog.objects.flatMap(({ storage, fusedIn }) =>
      storage === undefined || fusedIn !== undefined ? [] : [storage.table],
    ),
  ].map(
    (table): TableCut => ({
      table,
      select: (relation) => template({ ...ours, relation, symbol_at, in_order: isInOrder }),
    }),
  );
  const fits: TableCut = {
    table: fitsName(project),
    // What a fit looked at is not known before it happened, whatever the fit says of itself.
    select: (relation) =>
      template({
        ...ours,
        available_at: "greatest(available_at, fitted_to)",
        relation,
        symbol_at,
        in_order: "true",
      }),
  };
  return [...raw, ...keyed, fits];
}
