import { type CheckResult, type Finding, maxFindings } from "./check.js";

/** Counts what a check finds, and keeps the first findings. */
export interface Tally {
  checked(count: number): void;
  fail(finding: Finding): void;
  notRecomputable(count: number): void;
  result(): CheckResult;
}

export function newTally(): Tally {
  let checked = 0;
  let failed = 0;
  let notRecomputable = 0;
  const findings: Finding[] = [];
  return {
    checked: (count) => {
      checked += count;
    },
    fail: (finding) => {
      failed += 1;
      if (findings.length < maxFindings) findings.push(finding);
    },
    notRecomputable: (count) => {
      notRecomputable += count;
    },
    result: () => ({ checked, failed, notRecomputable, findings }),
  };
}
