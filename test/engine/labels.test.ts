import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { buildLabels } from "../../src/fetch/labels/build-labels.js";
import { noClassedRows } from "../../src/models/train/no-training-rows.js";
import { type LabelSpec, labelOutputs } from "../../src/spec/model.js";
import {
  compiledLabel,
  compiledView,
  computedLabels,
  createLabelTables,
  labelProject,
  type PricedBucket,
  storedLabels,
  storePrices,
} from "../support/compute-labels.js";
import { naiveLabels } from "../support/oracle/naive-labels.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(() => engine.close());

const base: LabelSpec = {
  kind: "label",
  name: "target",
  description: "",
  owner: "",
  clock: "ubt",
  horizon: { kind: "buckets", length: 1 },
  price: { view: "book_state", column: "last_valid_mid", age: undefined, maxAgeMs: 5000 },
  outputs: labelOutputs,
  minDurationMs: 1000,
  threshold: { kind: "adaptive", sigma: 0.5, window: 4, min: 2 },
  minBps: 1,
  at: { file: "features/labels/target.yaml" },
};

async function compute(label: LabelSpec, buckets: readonly PricedBucket[], closed?: number) {
  const specs = labelProject(label, "labels");
  await createLabelTables(engine, specs);
  await storePrices(engine, specs, buckets, closed === undefined ? {} : { closed });
  return computedLabels(engine, specs);
}

/** Equal names, NULL where NULL is, numbers to 1e-9. */
function expectClose(found: readonly Record<string, unknown>[], wanted: readonly object[]): void {
  expect(found.map(({ id }) => Number(id))).toEqual(wanted.map((row) => Reflect.get(row, "id")));
  for (const [place, row] of wanted.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const got = found[place]?.[name] ?? null;
      const what = `${name} of bucket ${Reflect.get(row, "id")}`;
      if (value === null || got === null) expect(got, what).toBe(value);
      else expect(Math.abs(Number(got) - value), what).toBeLessThanOrEqual(1e-9 * Math.abs(value) + 1e-12);
    }
  }
}

describe("labels", () => {
  it("equal a naive computation on random prices with gaps, stale prices and missing rows", async () => {
    const threshold = fc.oneof(
      fc.record({
        kind: fc.constant("adaptive" as const),
        sigma: fc.constantFrom(0.5, 1),
        window: fc.integer({ min: 2, max: 5 }),
        min: fc.constantFrom(1, 2),
      }),
      fc.record({ kind: fc.constant("per_second" as const), value: fc.constantFrom(1e-5, 1e-4) }),
      fc.record({ kind: fc.constant("bps" as const), value: fc.constantFrom(2, 10) }),
    );
    const horizon = fc.oneof(
      fc.record({ kind: fc.constant("buckets" as const), length: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant("seconds" as const), length: fc.integer({ min: 1, max: 40 }) }),
    );
    const step = fc.record({
      skip: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
      ms: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 5000, max: 60_000 })),
      price: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 9990, max: 10_010 }).map((ticks) => ticks / 100) },
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      ageMs: fc.constantFrom(0, 10, 5000, 5001),
    });
    const market = fc.array(step, { minLength: 2, maxLength: 60 }).map((steps) => {
      let [id, endMs] = [0, Date.UTC(2024, 0, 31, 23, 50)];
      return steps.map(({ skip, ms, price, ageMs }): PricedBucket => {
        id += 1 + skip;
        endMs += ms;
        return { id, endMs, price, ageMs };
      });
    });
    await fc.assert(
      fc.asyncProperty(threshold, horizon, market, fc.nat(70), async (wanted, ahead, buckets, closed) => {
        const outputs =
          wanted.kind === "adaptive" ? labelOutputs : labelOutputs.filter((name) => name !== "sigma");
        const label = { ...base, threshold: wanted, horizon: ahead, outputs };
        const naive = naiveLabels(label, buckets, closed).map(({ sigma, ...row }) =>
          wanted.kind === "adaptive" ? { ...row, sigma } : row,
        );
        expectClose(await compute(label, buckets, closed), naive);
      }),
      { numRuns: 10 },
    );
  });

  it("are built as buckets close, and again where a price changed, with the result of one build", async () => {
    const specs = labelProject({ ...base, horizon: { kind: "buckets", length: 2 } }, "labels");
    const [label] = specs.labels;
    const object = compiledLabel(specs);
    const prices = compiledView(specs, "book_state");
    if (label === undefined) throw new Error("no label");
    const build = (full = false) =>
      buildLabels({ engine, project: specs.project, label, object, prices, full });
    const buckets = Array.from(
      { length: 40 },
      (_, place): PricedBucket => ({
        id: place + 1,
        endMs: Date.UTC(2024, 0, 1) + 30_000 * place,
        price: 100 + ((place * 7) % 11) / 10,
      }),
    );
    await createLabelTables(engine, specs);
    expect(await build()).toMatchObject({ buckets: 0, stored: 0 });
    await storePrices(engine, specs, buckets.slice(0, 20), { v: 1, closed: 18 });
    expect(await build()).toMatchObject({ buckets: 16, stored: 16 });
    expectClose(await storedLabels(engine, specs), naiveLabels(label, buckets.slice(0, 20), 18));
    expect(await build()).toMatchObject({ buckets: 0, stored: 16 });
    await storePrices(engine, specs, buckets.slice(18), { v: 2 });
    expect(await build()).toMatchObject({ buckets: 22, stored: 38 });
    expectClose(await storedLabels(engine, specs), naiveLabels(label, buckets));
    const changed = buckets.map((bucket) => (bucket.id === 25 ? { ...bucket, price: 90 } : bucket));
    await storePrices(engine, specs, changed.slice(24, 25), { v: 3 });
    expect(await build()).toMatchObject({ buckets: 16, stored: 38 });
    const wanted = naiveLabels(label, changed);
    expectClose(await storedLabels(engine, specs), wanted);
    const before = await storedLabels(engine, specs);
    expect(await build(true)).toMatchObject({ buckets: 38, stored: 38 });
    expect(await storedLabels(engine, specs)).toEqual(before);
  });

  it("that give no class are explained: none stored, no price, too few returns", async () => {
    const threshold = { kind: "adaptive", sigma: 0.5, window: 9, min: 9 } as const;
    const specs = labelProject({ ...base, threshold, horizon: { kind: "buckets", length: 2 } }, "labels");
    const [label] = specs.labels;
    const object = compiledLabel(specs);
    const table = object.storage?.table;
    if (label === undefined || table === undefined) throw new Error("no label");
    const prices = compiledView(specs, "book_state");
    const why = async (price: (place: number) => number | null, count: number): Promise<string> => {
      await createLabelTables(engine, specs);
      const buckets = Array.from({ length: count }, (_, place): PricedBucket => {
        const endMs = Date.UTC(2024, 0, 1) + 30_000 * place;
        return { id: place + 1, endMs, price: price(place) };
      });
      if (count > 0) await storePrices(engine, specs, buckets, { v: 1 });
      await buildLabels({ engine, project: specs.project, label, object, prices, full: false });
      return (await noClassedRows(engine, { vector: "trend_v1", label: "target" }, table)).message;
    };
    const price = (place: number): number => 100 + (place % 3);
    expect(await why(price, 0)).toBe("No label of target is stored.");
    expect(await why(() => null, 6)).toMatch(/^None of the 4 labels of target has a return/);
    expect(await why(price, 8)).toMatch(/^None of the 6 labels of target has a class.* more than 6 labels/);
    expect(await why(price, 20)).toMatch(
      /^None of the \d+ buckets with a class of target has a row of trend_v1/,
    );
  });
});
