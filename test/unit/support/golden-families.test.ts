/** Which golden families are computed, and which are not, is written down: a lost adapter is no case less. */
import { describe, expect, it } from "vitest";
import { adapters } from "../../golden/adapters.js";
import { readGoldenCases } from "../../golden/golden-case.js";
import { uncovered } from "../../golden/uncovered.js";
import { isSharedFileMissing, sharedFile } from "../../support/shared-files.js";

const isMissing = isSharedFileMissing("golden/buckets_hybrid.json");

describe.skipIf(isMissing)("golden families beside the repository", () => {
  const families = isMissing
    ? []
    : [...new Set(readGoldenCases(sharedFile("golden")).map(({ family }) => family))];

  it("have an adapter, or a reason in uncovered.ts", () => {
    expect(families.filter((family) => !(family in adapters)).sort()).toEqual(Object.keys(uncovered).sort());
  });

  it("are all that adapters are for", () => {
    expect(Object.keys(adapters).filter((family) => !families.includes(family))).toEqual([]);
  });
});
