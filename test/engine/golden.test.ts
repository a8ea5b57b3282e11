/** Every golden case beside the repository, as `npm run golden` runs it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { type GoldenCase, readGoldenCases } from "../golden/golden-case.js";
import { runCase, uncoveredLines } from "../golden/run-case.js";
import { uncovered, uncoveredKeys } from "../golden/uncovered.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";

const isMissing = isSharedFileMissing("golden/buckets_hybrid.json");
const cases = isMissing ? [] : readGoldenCases(sharedFile("golden"));
const covered = cases.filter(({ family }) => !(family in uncovered));

describe.skipIf(isMissing)("golden cases", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openScratch();
  });
  afterAll(() => engine.close());

  it.each(covered.map((golden): [string, GoldenCase] => [`${golden.family} / ${golden.name}`, golden]))(
    "%s",
    async (_, golden) => {
      const left = uncoveredLines(uncoveredKeys[golden.family]);
      expect(await runCase(golden, engine)).toEqual({ kind: "pass", lines: left });
    },
  );
});
