import { describe, expect, it } from "vitest";
import { lastDue, nextDue, scheduleFindings } from "../../../src/jobs/cron.js";
import type { JobSpec } from "../../../src/spec/model.js";

const at = (text: string) => Date.parse(text);
const job = (schedule: string, timezone = "UTC"): JobSpec => ({
  kind: "job",
  name: "nightly",
  description: "",
  schedule,
  timezone,
  action: { kind: "sql", sql: "SELECT 1" },
  timeoutMs: undefined,
  retry: { times: 0, backoffMs: 0 },
  missed: "skip",
  at: { file: "jobs/nightly.yaml", line: 1 },
  scheduleAt: { file: "jobs/nightly.yaml", line: 2 },
});

describe("lastDue", () => {
  it("is the last moment that was missed, in the job's zone", () => {
    const [since, until] = [at("2024-08-05T12:00:00Z"), at("2024-08-08T12:00:30Z")];
    expect(lastDue(job("15 0 * * *"), since, until)).toBe(at("2024-08-08T00:15:00Z"));
    expect(lastDue(job("15 0 * * *", "Asia/Tokyo"), since, until)).toBe(at("2024-08-07T15:15:00Z"));
    expect(lastDue(job("0 0 1 * *"), since, until)).toBeUndefined();
    expect(lastDue(job("15 0 * * *"), at("2024-08-08T00:15:00Z"), until)).toBeUndefined();
  });
});

it("nextDue is in the future", () => {
  expect(nextDue(job("* * * * *"))).toBeGreaterThan(Date.now());
});

it("scheduleFindings name the field and the file's line", () => {
  expect(scheduleFindings([job("15 0 * * *")])).toEqual([]);
  const [finding] = scheduleFindings([job("75 0 * * *")]);
  expect(finding).toMatchObject({ code: "FS_SPEC_VALUE", at: { file: "jobs/nightly.yaml", line: 2 } });
});
