import type { StreamBook } from "../naive-streams.js";
import { midOf } from "./book-state.js";

type Numbers = Readonly<Record<string, number | null>>;
const depth = 20;
const kappa = 20;
const size = 1;

interface Level {
  readonly price: number;
  readonly size: number;
  /** From the mid, bps. */
  readonly x: number;
  /** Cumulated size. */
  readonly y: number;
}

/** @returns null where the last snapshot has no mid */
export function naiveBookShape(last: StreamBook | undefined): Numbers | null {
  const mid = midOf(last);
  if (last === undefined || mid === null) return null;
  const bids = levelsOf(last.bid_px, last.bid_qty, mid);
  const asks = levelsOf(last.ask_px, last.ask_qty, mid);
  const [b, a] = [bids.slice(0, depth), asks.slice(0, depth)];
  const imbalance = (weight: (level: Level, index: number) => number, count = depth): number | null => {
    const bid = sum(bids.slice(0, count).map(weight));
    const ask = sum(asks.slice(0, count).map(weight));
    return bid + ask === 0 ? null : (bid - ask) / (bid + ask);
  };
  const plain = ({ size: quantity }: Level): number => quantity;
  const paired = b.slice(0, a.length).map((bid, index) => [bid, a[index] ?? bid] as const);
  const [bestBid, bestAsk] = [b[0]?.price ?? 0, a[0]?.price ?? 0];
  const [bidSize, askSize] = [b[0]?.size ?? 0, a[0]?.size ?? 0];
  const vampSizes = sum(paired.map(([bid, ask]) => bid.size + ask.size));
  const top = bidSize + askSize;
  return {
    levels: Math.min(bids.length, asks.length),
    imbalance_1: imbalance(plain, 1),
    imbalance_5: imbalance(plain, 5),
    imbalance_10: imbalance(plain, 10),
    imbalance_20: imbalance(plain, 20),
    depth_bid: sum(b.map(plain)),
    depth_ask: sum(a.map(plain)),
    imbalance_depth: imbalance(plain),
    imbalance_distance: imbalance((level) => level.size * Math.exp(-level.x / kappa)),
    imbalance_rank: imbalance((level, index) => level.size / (index + 1)),
    weighted_mid_bps: top === 0 ? null : ((bestBid * askSize + bestAsk * bidSize) / top / mid - 1) * 1e4,
    vamp:
      vampSizes === 0
        ? null
        : sum(paired.map(([bid, ask]) => bid.price * ask.size + ask.price * bid.size)) / vampSizes,
    ...sideShape("bid", b, mid),
    ...sideShape("ask", a, mid),
    ...walk("buy", asks, mid),
    ...walk("sell", bids, mid),
  };
}

function levelsOf(prices: readonly string[], sizes: readonly string[], mid: number): Level[] {
  let y = 0;
  return prices.map((text, index) => {
    const [price, quantity] = [Number(text), Number(sizes[index])];
    y += quantity;
    return { price, size: quantity, x: Math.abs(price / mid - 1) * 1e4, y };
  });
}

function sideShape(side: "bid" | "ask", levels: readonly Level[], mid: number): Numbers {
  const enough = levels.length >= 3;
  const logs = levels.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  return {
    [`${side}_slope`]: enough ? slope(levels) : null,
    [`${side}_exponent`]: enough ? slope(logs) : null,
    [`${side}_convexity`]: enough ? quadratic(levels) : null,
    [`${side}_naes_skjeltorp`]: naesSkjeltorp(levels, mid),
  };
}

type Point = Pick<Level, "x" | "y">;

function slope(points: readonly Point[]): number | null {
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const variance = sum(points.map((point) => (point.x - x) ** 2));
  return variance === 0 ? null : sum(points.map((point) => (point.x - x) * (point.y - y))) / variance;
}

/** Coefficient of x² by the normal equations of [1, u, u²], u = x minus its mean, solved by Cramer's rule. */
function quadratic(points: readonly Point[]): number | null {
  const x = mean(points.map((point) => point.x));
  const u = points.map((point) => point.x - x);
  const power = (k: number): number => sum(u.map((value) => value ** k));
  const moment = (k: number): number => sum(points.map(({ y }, index) => y * (u[index] ?? 0) ** k));
  const n = points.length;
  const det = determinant([
    [n, 0, power(2)],
    [0, power(2), power(3)],
    [power(2), power(3), power(4)],
  ]);
  const top = determinant([
    [n, 0, moment(0)],
    [0, power(2), moment(1)],
    [power(2), power(3), moment(2)],
  ]);
  return det === 0 ? null : top / det;
}

function determinant(rows: readonly (readonly number[])[]): number {
  const [[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []] = rows;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

function naesSkjeltorp(levels: readonly Level[], mid: number): number | null {
  const logs = levels.map(({ y }) => Math.log(y));
  const [first = 0] = logs;
  if (first <= 0) return null;
  const steps = levels.slice(1).map(({ price }, index) => {
    const growth = (logs[index + 1] ?? 0) / (logs[index] ?? 1) - 1;
    return growth / Math.abs(price / (levels[index]?.price ?? 1) - 1);
  });
  return (first / Math.abs((levels[0]?.price ?? 0) / mid - 1) + sum(steps)) / levels.length;
}

function walk(name: "buy" | "sell", levels: readonly Level[], mid: number): Numbers {
  let left = size;
  let paid = 0;
  let lastPrice: number | null = null;
  for (const level of levels) {
    if (left <= 1e-9) break;
    const taken = Math.min(level.size, left);
    paid += taken * level.price;
    left -= taken;
    lastPrice = level.price;
  }
  const sign = name === "buy" ? 1 : -1;
  const vwap = left > 1e-9 ? null : paid / size;
  const touch = levels[0]?.price ?? 0;
  return {
    [`${name}_filled`]: size - Math.max(left, 0),
    [`${name}_vwap`]: vwap,
    [`${name}_impact_bps`]: vwap === null ? null : sign * (vwap / mid - 1) * 1e4,
    [`${name}_slippage_bps`]: vwap === null ? null : sign * (vwap / touch - 1) * 1e4,
    [`${name}_last_price`]: lastPrice,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
