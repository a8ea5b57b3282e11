import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of engine tests that take longest, the longest first. A file that is not here comes later. */
export const longest: readonly string[] = [
  "close-recovery",
  "load-server",
  "cli-flow",
  "close-kill",
  "close-properties",
  "stock-views",
  "apply-server",
  "load-embedded",
  "cli-train",
  "ingest-server",
  "corpus-server",
  "corpus-embedded",
  "cli-demo",
  "close-bits",
  "apply-embedded",
  "cli-shell",
];

const rank = ({ moduleId, project }: TestSpecification): number => {
  if (project.name !== "engine") return -1;
  const place = longest.findIndex((name) => moduleId.endsWith(`/engine/${name}.test.ts`));
  return place === -1 ? longest.length : place;
};

/**
 * The order in which files start: of two that run at a time, none is to be left over for the end. Without it a fresh clone starts
 * large files first, and those that run a suite on a server have four lines.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
