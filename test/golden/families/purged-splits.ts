/** Rows by number, with their time and the end of their label. */
import { kFold, walkForward } from "../../../src/fetch/split/plan-folds.js";
import type { Adapter } from "../adapter.js";

interface Row {
  readonly i: number;
  readonly t: number;
  readonly t1: number;
}

interface Params {
  readonly first_val_start?: number;
  readonly span?: number;
  readonly step?: number;
  readonly embargo?: number;
  readonly t_end?: number;
  readonly k?: number;
  readonly n_splits?: number;
}

export const purgedSplits: Adapter = async ({ inputs, params }) => {
  const rows = inputs as readonly Row[];
  const given = params as Params;
  const { embargo = 0 } = given;
  const times = { time: rows.map(({ t }) => t), end: rows.map(({ t1 }) => t1) };
  const named = (places: readonly number[]) => places.map((place) => rows[place]?.i);
  const folds = given.k ?? given.n_splits;
  if (folds !== undefined) {
    return {
      actual: kFold(times, folds, embargo).map(({ from, to, train, validation, purged }) => ({
        test_start: from,
        test_end: to,
        test: named(validation),
        train: named(train),
        purged: named(purged),
      })),
    };
  }
  const { first_val_start: first = 0, span = 1, step = span, t_end: last = 0 } = given;
  const plan = { first, span, step, embargo, last, trainSpan: undefined };
  return {
    actual: walkForward(times, plan).map(({ from, to, train, validation, purged }) => ({
      val_start: from,
      val_end: to,
      val: named(validation),
      train: named(train),
      purged: named(purged),
    })),
  };
};
