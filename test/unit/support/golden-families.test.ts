/** Which golden families are computed, and which are not, is written down: a lost adapter is no case less. */
import { describe, expect, it } from "vitest";
import { adapters } from "../../golden/adapters.js";
import { readGoldenCases } from "../../golden/golden-case.js";
import { uncovered, uncoveredKeys } from "../../golden/uncovered.js";
import { isSharedFileMissing, sharedFile } from "../../support/shared-files.js";

const isMissing = isSharedFileMissing("golden/buckets_hybrid.json");

describe.skipIf(isMissing)("golden families beside the repository", () => {
  const cases = isMissing ? [] : readGoldenCases(sharedFile("golden"));
  const families = [...new Set(cases.map(({ family }) => family))];

  it("have an adapter, or a reason in uncovered.ts", () => {
    expect(families.filter((family) => !(family in adapters)).sort()).toEqual(Object.keys(uncovered).sort());
  });

  it("leave out of a case only what it has, beside what is computed", () => {
    for (const [family, keys] of Object.entries(uncoveredKeys)) {
      const expected = cases
        .filter((one) => one.family === family)
        .map((one) => Object.keys(one.expected as object));
      expect(expected.length, family).toBeGreaterThan(0);
      for (const found of expected) {
        expect(found, family).toEqual(expect.arrayContaining(Object.keys(keys)));
        expect(found.length, family).toBeGreaterThan(Object.keys(keys).length);
      }
    }
  });

  it("are all that adapters are for", () => {
    expect(Object.keys(adapters).filter((family) => !families.includes(family))).toEqual([]);
  });
});
