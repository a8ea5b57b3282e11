/** A curve that never falls, fitted to outcomes: isotonic regression by pooling adjacent violators. Pure. */
import type { Curve } from "../onnx/logistic-graph.js";

/** A stretch of scores that one level stands for. */
export interface Pool {
  readonly rows: number;
  /** Means over its rows. */
  readonly score: number;
  readonly level: number;
}

/**
 * The levels that never fall along the score and have the least squared distance to the outcomes (Ayer et al. 1955). Rows of one
 * score are one pool from the start.
 */
export function poolAdjacent(scores: readonly number[], outcomes: readonly number[]): Pool[] {
  const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const pools: Pool[] = [];
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at] ?? 0] ?? 0;
    let [rows, sum] = [0, 0];
    for (; at < order.length && scores[order[at] ?? 0] === score; at++) {
      rows++;
      sum += outcomes[order[at] ?? 0] ?? 0;
    }
    pools.push({ rows, score, level: sum / rows });
    joinWhile(pools, (left, right) => left.level >= right.level);
  }
  return pools;
}

/** Beyond this a rounding error of float32 in the score would show in the sixth digit of the level. */
const steepest = 5;

/**
 * The pools as a curve: linear between their means, level beyond the first and the last. Neighbours between which it would be
 * steeper than 5 are pooled too. Levels stay off 0 and 1 by half a row in all, since an outcome that was never seen is not impossible.
 */
export function fitIsotonic(scores: readonly number[], outcomes: readonly number[]): Curve {
  const pools: Pool[] = [];
  for (const pool of poolAdjacent(scores, outcomes)) {
    pools.push(pool);
    joinWhile(pools, (left, right) => right.level - left.level > steepest * (right.score - left.score));
  }
  const least = 0.5 / (scores.length + 1);
  return pools.map(({ score, level }) => [score, Math.min(1 - least, Math.max(least, level))] as const);
}

/** The curve's level at a score. */
export function levelAt(curve: Curve, score: number): number {
  const next = curve.findIndex(([at]) => at > score);
  const [after, before] = [curve.at(next), curve.at(next - 1)];
  if (next === -1) return curve.at(-1)?.[1] ?? Number.NaN;
  if (next === 0 || before === undefined || after === undefined) return curve[0]?.[1] ?? Number.NaN;
  const share = (score - before[0]) / (after[0] - before[0]);
  return before[1] + share * (after[1] - before[1]);
}

/** Joins the last two pools as long as they offend. */
function joinWhile(pools: Pool[], offend: (left: Pool, right: Pool) => boolean): void {
  for (;;) {
    const [left, right] = [pools.at(-2), pools.at(-1)];
    if (left === undefined || right === undefined || !offend(left, right)) return;
    const rows = left.rows + right.rows;
    const mean = (of: (pool: Pool) => number) => (left.rows * of(left) + right.rows * of(right)) / rows;
    pools.splice(-2, 2, { rows, score: mean(({ score }) => score), level: mean(({ level }) => level) });
  }
}
