import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitmapBytes, isNull, VectorRing, type VectorRow } from "../../../src/online/vector-ring.js";

const capacity = 5;
const features = 11;

const features64 = fc.array(fc.option(fc.double({ noNaN: true }), { nil: null }), {
  minLength: features,
  maxLength: features,
});

function rowOf(
  bucketId: number,
  cells: readonly (number | null)[],
  version = 1n,
  availableAt = bucketId * 10,
) {
  const nulls = new Uint8Array(bitmapBytes(features));
  for (const [place, cell] of cells.entries()) {
    if (cell === null) nulls[place >> 3] = (nulls[place >> 3] ?? 0) | (1 << (place & 7));
  }
  const values = Float64Array.from(cells, (cell) => cell ?? 0);
  return {
    bucketId,
    bucketTsStart: bucketId,
    bucketTsEnd: bucketId + 1,
    availableAt,
    version,
    values,
    nulls,
  };
}

/** A row as text in which other bits are another text. */
function bits(row: VectorRow | undefined): string {
  if (row === undefined) return "none";
  const cells = Array.from(row.values, (value, place) =>
    isNull(row, place) ? "null" : Buffer.from(Float64Array.of(value).buffer).toString("hex"),
  );
  return `${row.bucketId} ${row.availableAt} ${row.version} ${cells.join()}`;
}

describe("a ring", () => {
  it("holds the last rows, bit for bit, whatever was put", () => {
    const step = fc.record({
      jump: fc.constantFrom(-7, -1, 0, 1, 1, 1, 1, 1, 2),
      cells: features64,
      version: fc.bigInt({ min: 1n, max: 3n }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.nat(400),
        fc.integer({ min: 1, max: 7 }),
        (steps, at, n) => {
          const ring = new VectorRing(features, capacity);
          let naive: VectorRow[] = [];
          for (const { jump, cells, version } of steps) {
            const newest = naive.at(-1)?.bucketId ?? 0;
            const row = rowOf(Math.max(1, newest + jump), cells, version);
            const held = naive.findIndex(({ bucketId }) => bucketId === row.bucketId);
            const found = naive[held];
            const outcome = ring.put(row);
            if (naive.length === 0 || row.bucketId === newest + 1) {
              expect(outcome).toBe("added");
              naive = [...naive, row].slice(-capacity);
            } else if (row.bucketId > newest) expect(outcome).toBe("gap");
            else if (found === undefined || found.version > row.version) expect(outcome).toBe("old");
            else {
              expect(outcome).toBe("replaced");
              naive[held] = row;
            }
          }
          expect(ring.size).toBe(naive.length);
          expect(ring.newestId).toBe(naive.at(-1)?.bucketId ?? 0);
          const usable = naive.filter(({ availableAt }) => availableAt <= at);
          expect(bits(ring.latest(at))).toBe(bits(usable.at(-1)));
          expect(ring.sequence(n, at).map(bits)).toEqual(usable.slice(-n).map(bits));
          for (let id = 0; id < 60; id += 1 + (id % 3)) {
            expect(bits(ring.byId(id))).toBe(bits(naive.find(({ bucketId }) => bucketId === id)));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("starts again after it was cleared, at any id", () => {
    const ring = new VectorRing(features, capacity);
    ring.put(rowOf(90, Array<number>(features).fill(1)));
    ring.clear();
    expect(ring.latest(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(ring.put(rowOf(3, Array<null>(features).fill(null)))).toBe("added");
    expect(isNull(ring.byId(3) as VectorRow, 10)).toBe(true);
  });

  it("says what it will take before it is made", () => {
    expect(VectorRing.bytes(12, 60)).toBe(60 * (12 * 8 + 2 + 4 * 8 + 8 + 400));
  });
});
