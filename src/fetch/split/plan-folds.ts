/**
 * Which rows train and which validate, so that nothing that was known only later is trained on (López de Prado 2018, ch. 7).
 * Times are in ms. A row's label is known at `end`.
 */

export interface SplitRows {
  readonly time: ArrayLike<number>;
  /** NaN: the row has no label, and is in no fold. */
  readonly end: ArrayLike<number>;
}

export interface Fold {
  /** Validation is [from, to); of k-fold: from the first row's time to the last label's end. */
  readonly from: number;
  readonly to: number;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Rows that would train, if their label were known early enough. */
  readonly purged: readonly number[];
}

export interface WalkForward {
  /** Where the first validation begins. */
  readonly first: number;
  readonly span: number;
  /** From one validation to the next. */
  readonly step: number;
  readonly embargo: number;
  /** No validation reaches beyond. */
  readonly last: number;
  /** Training goes back this far before validation; undefined: to the first row. */
  readonly trainSpan: number | undefined;
}

/**
 * Validations [v, v + span) one after the other, whole ones only. A row trains if its time is before v (and not before
 * `v - trainSpan`) and its label was known `embargo` before v: `end + embargo <= v`.
 */
export function walkForward(rows: SplitRows, plan: WalkForward): Fold[] {
  const folds: Fold[] = [];
  for (let from = plan.first; from + plan.span <= plan.last; from += plan.step) {
    const to = from + plan.span;
    const earliest = plan.trainSpan === undefined ? Number.NEGATIVE_INFINITY : from - plan.trainSpan;
    const [train, validation, purged]: [number[], number[], number[]] = [[], [], []];
    for (let i = 0; i < rows.time.length; i++) {
      const [time, end] = [rows.time[i] ?? Number.NaN, rows.end[i] ?? Number.NaN];
      if (Number.isNaN(end)) continue;
      if (time >= from && time < to) validation.push(i);
      else if (time < from && time >= earliest) (end + plan.embargo <= from ? train : purged).push(i);
    }
    folds.push({ from, to, train, validation, purged });
  }
  return folds;
}

/**
 * `folds` contiguous blocks of rows in order of time, as equal in number as can be, the first ones larger. A row trains if its label was
 * known when the block begins, or if it lies `embargo` behind the last label's end of the block.
 */
export function kFold(rows: SplitRows, folds: number, embargo: number): Fold[] {
  const order = Array.from({ length: rows.time.length }, (_, i) => i).filter(
    (i) => !Number.isNaN(rows.end[i] ?? Number.NaN),
  );
  order.sort((a, b) => (rows.time[a] ?? 0) - (rows.time[b] ?? 0) || a - b);
  const result: Fold[] = [];
  let begin = 0;
  for (let fold = 0; fold < folds; fold++) {
    const size = Math.floor(order.length / folds) + (fold < order.length % folds ? 1 : 0);
    const validation = order.slice(begin, begin + size).sort((a, b) => a - b);
    begin += size;
    if (validation.length === 0) continue;
    const from = validation.reduce(
      (least, i) => Math.min(least, rows.time[i] ?? 0),
      Number.POSITIVE_INFINITY,
    );
    const to = validation.reduce((most, i) => Math.max(most, rows.end[i] ?? 0), Number.NEGATIVE_INFINITY);
    const inside = new Set(validation);
    const [train, purged]: [number[], number[]] = [[], []];
    for (const i of [...order].sort((a, b) => a - b)) {
      if (inside.has(i)) continue;
      const known = (rows.end[i] ?? 0) <= from || (rows.time[i] ?? 0) >= to + embargo;
      (known ? train : purged).push(i);
    }
    result.push({ from, to, train, validation, purged });
  }
  return result;
}
