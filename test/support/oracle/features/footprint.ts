import { Rational } from "../rational.js";
import type { TradeRow } from "../rows.js";

export interface FootprintCell {
  readonly px_bin: number;
  readonly bin_buy: number;
  readonly bin_sell: number;
  readonly bin_volume: number;
  readonly bin_delta: number;
  readonly bin_trades: number;
}

export interface FootprintPoc {
  readonly poc_bin: number;
  readonly poc_share: number | null;
  readonly bins: number;
  readonly range_bps: number | null;
}

/** @param width of a bin, in quote */
export function naiveFootprint(trades: readonly TradeRow[], width: string): FootprintCell[] {
  const cells = new Map<number, TradeRow[]>();
  for (const trade of trades) {
    const bin = binOf(trade, width);
    cells.set(bin, [...(cells.get(bin) ?? []), trade]);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([bin, rows]) => {
      const bought = volumeOf(rows.filter((trade) => trade.side === "buy"));
      const sold = volumeOf(rows.filter((trade) => trade.side === "sell"));
      return {
        px_bin: bin,
        bin_buy: bought.toNumber(),
        bin_sell: sold.toNumber(),
        bin_volume: bought.plus(sold).toNumber(),
        bin_delta: bought.minus(sold).toNumber(),
        bin_trades: rows.length,
      };
    });
}

export function naiveFootprintPoc(trades: readonly TradeRow[], width: string): FootprintPoc {
  const cells = naiveFootprint(trades, width);
  const largest = Math.max(...cells.map((cell) => cell.bin_volume));
  const poc = cells.find((cell) => cell.bin_volume === largest);
  const prices = trades.map(({ price }) => Number(price));
  const volume = volumeOf(trades);
  const notional = Rational.sum(
    trades.map(({ price, quantity }) => Rational.parse(price).times(Rational.parse(quantity))),
  );
  const vwap = notional.over(volume)?.toNumber() ?? 0;
  return {
    poc_bin: poc?.px_bin ?? Number.NaN,
    poc_share: volume.toNumber() === 0 ? null : largest / volume.toNumber(),
    bins: cells.length,
    range_bps: vwap === 0 ? null : ((Math.max(...prices) - Math.min(...prices)) / vwap) * 1e4,
  };
}

function binOf({ price }: TradeRow, width: string): number {
  const ratio = Rational.parse(price).over(Rational.parse(width));
  return ratio === null ? Number.NaN : Number(ratio.numerator / ratio.denominator);
}

function volumeOf(trades: readonly TradeRow[]): Rational {
  return Rational.sum(trades.map(({ quantity }) => Rational.parse(quantity)));
}
