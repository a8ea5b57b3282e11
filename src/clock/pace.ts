import { quantile } from "./quantile.js";

/** What is traded a second, over minutes of which most may be empty. Units of base, trades, or book updates a second. */
export interface Pace {
  readonly p50: number;
  readonly p80: number;
  readonly mean: number;
}

/**
 * `amounts` are the sums of the minutes that have any; the others of the `minutes` count as 0. Without them a quiet instrument would
 * look as busy as its busy minutes are.
 */
export function paceOf(amounts: readonly number[], minutes: number): Pace {
  const empty = Math.max(minutes - amounts.length, 0);
  const perSecond = [...Array<number>(empty).fill(0), ...amounts.map((amount) => amount / 60)];
  perSecond.sort((a, b) => a - b);
  const sum = perSecond.reduce((total, value) => total + value, 0);
  return {
    p50: quantile(perSecond, 0.5) ?? 0,
    p80: quantile(perSecond, 0.8) ?? 0,
    mean: perSecond.length === 0 ? 0 : sum / perSecond.length,
  };
}
