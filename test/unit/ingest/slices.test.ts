import fc from "fast-check";
import { expect, it } from "vitest";
import { mergeSlices, type Slice } from "../../../src/ingest/store/slices.js";

it("joins neighbours up to the limit, without losing a row or a millisecond of theirs", () => {
  const widths = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 12 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(widths, (parts) => {
      let from = 0;
      const slices: Slice[] = parts.map(([width, rows]) => {
        const slice = { from, to: from + width, rows };
        from += width;
        return slice;
      });
      const merged = mergeSlices(slices, 12);
      expect(merged.every(({ rows }) => rows <= 12)).toBe(true);
      expect(merged.reduce((sum, { rows }) => sum + rows, 0)).toBe(
        slices.reduce((sum, { rows }) => sum + rows, 0),
      );
      expect(merged[0]?.from).toBe(0);
      expect(merged.at(-1)?.to).toBe(from);
      for (const [index, slice] of merged.slice(1).entries()) {
        expect(slice.from).toBe(merged[index]?.to);
        // The two could not have been one.
        expect(slice.rows + (merged[index]?.rows ?? 0)).toBeGreaterThan(12);
      }
    }),
  );
});
