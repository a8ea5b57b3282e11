import type { TradeBatch } from "../../clock/trade-batch.js";

interface IndexedBatch {
  readonly index: number;
  readonly batch: TradeBatch;
}

/** Batches that follow each other with one index, as one sequence each; what a reader leaves of a sequence is passed over. */
export async function* runsOf(
  batches: AsyncGenerator<IndexedBatch, void>,
): AsyncGenerator<{ readonly index: number; readonly batches: AsyncIterable<TradeBatch> }, void> {
  let next = await batches.next();
  async function* own(index: number): AsyncGenerator<TradeBatch, void> {
    while (!next.done && next.value.index === index) {
      const { batch } = next.value;
      next = await batches.next();
      yield batch;
    }
  }
  try {
    while (!next.done) {
      const { index } = next.value;
      yield { index, batches: own(index) };
      while (!next.done && next.value.index === index) next = await batches.next();
    }
  } finally {
    await batches.return();
  }
}
