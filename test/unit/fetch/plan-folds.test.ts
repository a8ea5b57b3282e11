import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kFold, walkForward } from "../../../src/fetch/split/plan-folds.js";

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.option(fc.integer({ min: 0, max: 30 }))), {
    minLength: 1,
    maxLength: 50,
  })
  .map((list) => ({
    time: list.map(([time]) => time),
    end: list.map(([time, length]) => (length === null ? Number.NaN : time + length)),
  }));

describe("folds", () => {
  it("of walk-forward never train on what is known later than the embargo before validation", () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(10),
        fc.option(fc.integer({ min: 1, max: 50 })),
        (data, span, embargo, back) => {
          const plan = { first: 30, span, step: span, embargo, last: 100, trainSpan: back ?? undefined };
          const folds = walkForward(data, plan);
          expect(folds).toHaveLength(Math.floor(70 / span));
          for (const { from, to, train, validation, purged } of folds) {
            const [times, ends] = [data.time, data.end];
            for (let i = 0; i < times.length; i++) {
              const [time, end] = [times[i] ?? 0, ends[i] ?? Number.NaN];
              const before = time < from && (back === null || time >= from - back);
              const labelled = !Number.isNaN(end);
              expect(validation.includes(i)).toBe(labelled && time >= from && time < to);
              expect(train.includes(i)).toBe(labelled && before && end + embargo <= from);
              expect(purged.includes(i)).toBe(labelled && before && end + embargo > from);
            }
          }
        },
      ),
    );
  });

  it("of k-fold validate every labelled row once, and train on no label that meets validation", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 5 }), fc.nat(10), (data, count, embargo) => {
        const folds = kFold(data, count, embargo);
        const labelled = data.end.flatMap((end, i) => (Number.isNaN(end) ? [] : [i]));
        expect(folds.flatMap(({ validation }) => validation).sort((a, b) => a - b)).toEqual(labelled);
        const sizes = folds.map(({ validation }) => validation.length);
        if (labelled.length >= count) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const { from, to, train, validation, purged } of folds) {
          expect([...train, ...validation, ...purged].sort((a, b) => a - b)).toEqual(labelled);
          for (const i of train) {
            expect((data.end[i] ?? 0) <= from || (data.time[i] ?? 0) >= to + embargo).toBe(true);
          }
        }
      }),
    );
  });
});
