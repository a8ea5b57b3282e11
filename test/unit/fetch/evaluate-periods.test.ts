import { expect, it } from "vitest";
import { evaluateRows } from "../../../src/fetch/evaluate/evaluate-rows.js";

it("takes no IC of a period of two rows, which is 1 or -1 whatever was predicted", () => {
  const values = (list: readonly number[]) => Float64Array.from(list);
  const rows = {
    time: values([0, 1, 2, 10, 11, 20, 21, 22]),
    prediction: values([1, 2, 3, 1, 2, 3, 1, 2]),
    label: values([1, 2, 4, 9, 3, 3, 2, 1]),
    position: values(Array(8).fill(1)),
    ...{ end: undefined, probability: undefined, outcome: undefined },
    ...{ instrument: undefined, group: undefined, reference: undefined },
  };
  const { metrics, periods } = evaluateRows(rows, {
    ...{ periodMs: 10, fewestOfPeriod: 3, cost: 0, bins: 10, samples: 0, seed: 7, level: 0.95 },
  });
  expect(periods.map(({ rows: count, ic }) => [count, ic?.toFixed(4)])).toEqual([
    [3, "0.9820"],
    [2, undefined],
    [3, "0.5000"],
  ]);
  expect(metrics.icMean?.toFixed(4)).toBe("0.7410");
});
