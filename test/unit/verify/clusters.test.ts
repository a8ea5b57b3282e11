import { expect, it } from "vitest";
import type { SampledBucket } from "../../../src/verify/check.js";
import { clusters } from "../../../src/verify/clusters.js";

const bucket = (symbol: string, id: number, start: number): SampledBucket => ({
  instrument: { exchange: "binance", marketType: "spot", symbol },
  id,
  start,
  end: start + 10,
  availableAt: start + 10,
  isPastRetention: false,
  hasItsTrades: true,
});
const ids = (groups: readonly (readonly SampledBucket[])[]) =>
  groups.map((group) => group.map(({ id }) => id));

it("keeps buckets together that are close, of one instrument, and few enough", () => {
  const sample = [
    bucket("A", 1, 0),
    bucket("A", 2, 20),
    bucket("A", 9, 500),
    bucket("B", 9, 510),
    bucket("B", 10, 520),
  ];
  expect(ids(clusters(sample, { gapMs: 100, buckets: 10 }))).toEqual([[1, 2], [9], [9, 10]]);
  expect(ids(clusters(sample, { gapMs: 1000, buckets: 2 }))).toEqual([[1, 2], [9], [9, 10]]);
  expect(clusters([], { gapMs: 1, buckets: 1 })).toEqual([]);
});
