import { describe, expect, it } from "vitest";
import type { TradeBatch } from "../../../src/clock/trade-batch.js";
import { runsOf } from "../../../src/ingest/buckets/runs-of.js";

const batch = (length: number): TradeBatch => {
  const values = new BigInt64Array(length);
  return { length, timestamp: values, lots: values, notional: values, availableAt: values };
};

async function* source(indexes: readonly number[], log: string[] = []) {
  try {
    for (const [place, index] of indexes.entries()) yield { index, batch: batch(place + 1) };
  } finally {
    log.push("ended");
  }
}

describe("runsOf", () => {
  it("gives each run its own batches, and passes over what a reader leaves", async () => {
    const seen: [number, number[]][] = [];
    for await (const { index, batches } of runsOf(source([4, 4, 4, 2, 2, 7]))) {
      const lengths: number[] = [];
      for await (const { length } of batches) {
        lengths.push(length);
        if (index === 4) break;
      }
      seen.push([index, lengths]);
    }
    expect(seen).toEqual([
      [4, [1]],
      [2, [4, 5]],
      [7, [6]],
    ]);
  });

  it("ends its source when its reader fails", async () => {
    const log: string[] = [];
    const fail = async (): Promise<void> => {
      for await (const { index } of runsOf(source([1, 1, 2], log))) throw new Error(`at ${index}`);
    };
    await expect(fail()).rejects.toThrow("at 1");
    expect(log).toEqual(["ended"]);
  });
});
