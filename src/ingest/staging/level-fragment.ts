import { quoteString } from "../../schema/quote.js";
import { baseQuantity } from "./contract-sql.js";
import { isExact, readDecimal } from "./decimal-sql.js";
import { type Fragment, fragment, joinFragments } from "./fragment.js";

const listPattern = quoteString("^[\\[\\](), \"'0-9.eE+-]*$");
const elementPattern = quoteString("[0-9.eE+-]+");

/** The texts of a side's prices or quantities, best level first: at places of the row, or in one cell that holds a list. */
export type LevelTexts =
  | { readonly kind: "places"; readonly places: readonly number[] }
  | { readonly kind: "list"; readonly text: string };

/**
 * One side of a book: prices and quantities of its levels, empty levels left out. All are above zero and exact, the prices in
 * order (falling for bids); a side may have no level.
 */
export function levelFragment(
  side: "bid" | "ask",
  prices: LevelTexts,
  quantities: LevelTexts,
  areContracts: boolean,
): Fragment {
  const [px, qty] = [`${side}_px`, `${side}_qty`];
  const filled = (column: string): string =>
    `arrayResize(${column}_read, greatest(length(${px}_read), length(${qty}_read)), '')`;
  const kept = (column: string): string =>
    `arrayFilter((text, price_text, quantity_text) -> price_text != '' OR quantity_text != '', ${column}_all, ${px}_all, ${qty}_all)`;
  const given = `arrayMap(text -> ${readDecimal("text", "Decimal(38, 8)")}, ${qty}_text)`;
  const article = side === "ask" ? "an" : "a";
  const sort = side === "bid" ? "arrayReverseSort" : "arraySort";
  const inOrder = `${sort}(${px}_value) = ${px}_value`;
  return joinFragments([
    listFragment(side, [prices, quantities]),
    fragment({
      aliases: [
        [`${px}_read`, readTexts(prices)],
        [`${qty}_read`, readTexts(quantities)],
        [`${px}_all`, filled(px)],
        [`${qty}_all`, filled(qty)],
        [`${px}_text`, kept(px)],
        [`${qty}_text`, kept(qty)],
        [`${px}_value`, `arrayMap(text -> ${readDecimal("text", "Decimal(18, 8)")}, ${px}_text)`],
        [
          `${qty}_value`,
          areContracts
            ? `arrayMap((contracts, price) -> ${baseQuantity("contracts", "price")}, ${given}, ${px}_value)`
            : given,
        ],
      ],
      columns: [
        { name: px, type: "Array(Decimal(18, 8))", sql: `${px}_value` },
        { name: qty, type: "Array(Decimal(38, 8))", sql: `${qty}_value` },
      ],
    }),
    elementsFragment(px, `${article} ${side} price`),
    elementsFragment(qty, `${article} ${side} quantity`),
    fragment({ fine: [inOrder], problems: [`if(${inOrder}, '', '${side} levels are not in order')`] }),
  ]);
}

function listFragment(side: string, sources: readonly LevelTexts[]): Fragment {
  const texts = sources.flatMap((source) => (source.kind === "list" ? [source.text] : []));
  const isList = texts.map((text) => `match(${text}, ${listPattern})`);
  return fragment({
    fine: isList,
    problems: isList.map((test) => `if(${test}, '', '${side} levels are not a list of numbers')`),
  });
}

function elementsFragment(name: string, what: string): Fragment {
  const isBad = `arrayExists(value -> value <= 0, ${name}_value)`;
  const isCut = `arrayExists(text -> NOT ${isExact("text")}, ${name}_text)`;
  return fragment({
    fine: [`NOT ${isBad}`, `NOT ${isCut}`],
    problems: [
      `multiIf(${isBad}, '${what} is missing, not a number, not positive or too large', ${isCut}, '${what} has more than 8 decimals', '')`,
    ],
  });
}

function readTexts(texts: LevelTexts): string {
  if (texts.kind === "list") return `extractAll(${texts.text}, ${elementPattern})`;
  // Not a function over places: it would copy the whole row for each of them.
  return `[${texts.places.map((place) => `fields[${place}]`).join(", ")}]`;
}
