/** `sides:` of csv maps and of external sources: whose words stand for a taker that buys or sells. */
import { pointerTo } from "./json-pointer.js";
import type { Sides } from "./model.js";
import type { SpecReader } from "./spec-reader.js";

type Word = string | number | boolean;

export interface RawSides {
  readonly buy: readonly Word[];
  readonly sell: readonly Word[];
}

/** As written, `buy` and `sell` where nothing is; case does not matter, so B and b cannot be two sides. */
export function readSides(reader: SpecReader, pointer: string, raw: RawSides | undefined): Sides {
  if (raw === undefined) return { buy: ["buy"], sell: ["sell"] };
  const place = (side: "buy" | "sell", index: number): string => pointerTo(pointerTo(pointer, side), index);
  const words = (side: "buy" | "sell"): string[] =>
    raw[side].map((word, index) => reader.file.textAt(place(side, index)) ?? String(word));
  const sides = { buy: words("buy"), sell: words("sell") };
  const buys = new Set(sides.buy.map((word) => word.toLowerCase()));
  sides.sell.forEach((word, index) => {
    if (!buys.has(word.toLowerCase())) return;
    reader.add(
      "FS_SPEC_DUPLICATE",
      `the word ${word} stands for both sides`,
      reader.file.at(place("sell", index)),
    );
  });
  return sides;
}
