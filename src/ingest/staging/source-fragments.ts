/** What each source stages beside the columns that all have (own-columns.ts): its values, and what tells its rows apart. */
import type { SourceName } from "../../spec/model.js";
import { cellOf, cellText, hasCell, type Texts } from "./cell-sql.js";
import {
  countFragment,
  dateFragment,
  neededFragment,
  numberProblem,
  otherTimeFragment,
  priceFragment,
  quantityFragment,
  roundedFragment,
  sideFragment,
  textFragment,
} from "./column-fragments.js";
import { baseQuantity, quoteValue } from "./contract-sql.js";
import { readRounded } from "./decimal-sql.js";
import { type Fragment, fragment, joinFragments } from "./fragment.js";
import { type LevelTexts, levelFragment } from "./level-fragment.js";
import type { LevelColumn, Reading } from "./reading.js";

const price = "Decimal(18, 8)";
const amount = "Decimal(38, 8)";

/** Builds a source's fragment. `contracts`: some instrument of the command counts in contracts. */
type SourceFragment = (reading: Reading, texts: Texts, contracts: boolean) => Fragment;

const needed =
  (...names: readonly string[]): SourceFragment =>
  (reading, texts) =>
    joinFragments(names.map((name) => neededFragment(name, cellText(cellOf(reading, name), texts), price)));

const trade: SourceFragment = (reading, texts, contracts) => {
  const text = (name: string): string => cellText(cellOf(reading, name), texts);
  return joinFragments([
    priceFragment("price", text("price")),
    quantityFragment("quantity", text("quantity"), contracts ? "price_value" : undefined),
    sideFragment("side", text("side")),
  ]);
};

const fragments: Readonly<Record<SourceName, SourceFragment>> = {
  trades: trade,
  liquidations: trade,
  orderbooks: (reading, texts, contracts) => {
    const levels = (name: LevelColumn): LevelTexts =>
      reading.levels === undefined
        ? { kind: "list", text: cellText(cellOf(reading, name), texts) }
        : { kind: "places", places: reading.levels[name] };
    return joinFragments([
      levelFragment("bid", levels("bid_px"), levels("bid_qty"), contracts),
      levelFragment("ask", levels("ask_px"), levels("ask_qty"), contracts),
      countFragment("last_update_id", cellText(cellOf(reading, "last_update_id"), texts)),
    ]);
  },
  funding_rates: (reading, texts) => {
    const text = (name: string): string => cellText(cellOf(reading, name), texts);
    const values = ["funding_rate", "predicted_funding_rate", "mark_price", "index_price"];
    const hasValue = values.map((name) => `isNotNull(${name}_value)`).join(" OR ");
    return joinFragments([
      ...values.map((name) => roundedFragment(name, text(name), price)),
      ...["funding_time", "next_funding_time"].map((name) =>
        otherTimeFragment(name, text(name), reading.time),
      ),
      fragment({
        fine: [`(${hasValue})`],
        problems: [`if(${hasValue}, '', 'the row has no rate and no price')`],
      }),
    ]);
  },
  open_interests: openInterest,
  lsr_all_accounts: joined(needed("long_account_ratio", "short_account_ratio"), period),
  lsr_top_positions: joined(needed("long_position_ratio", "short_position_ratio"), period),
  volatility_indices: joined(needed("index_value"), (reading, texts) =>
    joinFragments([
      textFragment(
        "underlying_asset",
        cellText(cellOf(reading, "underlying_asset"), texts),
        "LowCardinality(String)",
        "''",
      ),
      dateFragment("maturity_date", cellText(cellOf(reading, "maturity_date"), texts)),
    ]),
  ),
};

export function sourceFragment(reading: Reading, texts: Texts, contracts: boolean): Fragment {
  return fragments[reading.source](reading, texts, contracts);
}

function period(reading: Reading, texts: Texts): Fragment {
  return textFragment("period", cellText(cellOf(reading, "period"), texts), "LowCardinality(String)", "'5m'");
}

function joined(...parts: readonly SourceFragment[]): SourceFragment {
  return (reading, texts, contracts) => joinFragments(parts.map((part) => part(reading, texts, contracts)));
}

/**
 * Open interest in base units; zero is a possible value. Inverse contracts are worth a fixed number of quote units each: their
 * value is known, and a price of the row gives the base units.
 */
function openInterest(reading: Reading, texts: Texts, contracts: boolean): Fragment {
  const text = (name: string): string => cellText(cellOf(reading, name), texts);
  const prices = ["mark_price", "last_price", "index_price"].filter((name) => hasCell(reading, name));
  const known = prices.map((name) => `nullIf(${readRounded(text(name), price)}, 0)`);
  const conversionPrice = `coalesce(${[...known, `CAST(NULL AS Nullable(${price}))`].join(", ")})`;
  const value = "open_interest_value_quote";
  return joinFragments([
    fragment({
      aliases: [
        ["open_interest_given", readRounded(text("open_interest"), amount)],
        [
          "open_interest_base",
          contracts ? baseQuantity("open_interest_given", conversionPrice) : "open_interest_given",
        ],
        [
          "open_interest_quote",
          contracts ? quoteValue("open_interest_given") : `CAST(NULL AS Nullable(${amount}))`,
        ],
        [value, readRounded(text("open_interest_value"), amount)],
      ],
      fine: [
        "ifNull(open_interest_base > 0 OR open_interest_given = 0, false)",
        `(isNotNull(${value}) OR ${text("open_interest_value")} = '')`,
      ],
      problems: [
        numberProblem(
          "open_interest",
          text("open_interest"),
          "isNotNull(open_interest_given)",
          "open_interest_given < 0, 'open_interest is negative'",
        ),
        "if(open_interest_base > 0, '', 'the row has no price to convert contracts with')",
        `if(isNull(${value}), 'open_interest_value is not a number', '')`,
      ],
      columns: [
        { name: "open_interest", type: amount, sql: "assumeNotNull(open_interest_base)" },
        {
          name: "open_interest_value",
          type: `Nullable(${amount})`,
          sql: `ifNull(${value}, open_interest_quote)`,
        },
      ],
    }),
    countFragment("count", text("count")),
  ]);
}
