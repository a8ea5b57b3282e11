import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot, runFeature } from "../support/run-feature.js";

const folder = mkdtempSync(join(tmpdir(), "prism-cli-interrupt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sql = (statement: string) =>
  spawn(process.execPath, [join(packageRoot, "bin/feature.js"), "sql", statement], { cwd: folder });
type Child = ReturnType<typeof sql>;

const ended = (child: Child) =>
  new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text: Buffer) => {
      stdout += text.toString();
    });
    child.stderr.on("data", (text: Buffer) => {
      stderr += text.toString();
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });

/** Until the child has the data directory open: it is the note's owner. */
async function opened(): Promise<void> {
  while (!existsSync(join(folder, ".feature/db/holder.json"))) await sleep(20);
}

beforeAll(async () => {
  await runFeature(["init"], { cwd: folder });
});

describe("a signal in the middle of a statement", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s closes the engine and ends with %i", async (signal, expected) => {
    const child = sql("SELECT sum(sleepEachRow(0.5)) FROM numbers(5)");
    const end = ended(child);
    await opened();
    child.kill(signal);
    expect(await end).toEqual({ status: expected, stdout: "", stderr: "" });
    expect(existsSync(join(folder, ".feature/db/holder.json"))).toBe(false);
    expect((await runFeature(["sql", "SELECT 1"], { cwd: folder })).status).toBe(0);
  });
});

it("a second process is told who holds the directory, with exit 5", async () => {
  // However long the second one takes to start, the first one is at work.
  const child = sql("SELECT sum(sleepEachRow(0.5)) FROM numbers(120) SETTINGS max_block_size = 1");
  const end = ended(child);
  await opened();
  const second = await runFeature(["sql", "SELECT 1"], { cwd: folder });
  expect(second).toMatchObject({ status: 5, stdout: "" });
  expect(second.stderr).toContain(`held by process ${child.pid} (feature sql)`);
  child.kill("SIGKILL");
  expect((await end).status).toBeNull();
});

it("a reader that goes away is no error", async () => {
  const child = sql("SELECT number FROM numbers(300000)");
  child.stdout.once("data", () => child.stdout.destroy());
  const { status, stderr } = await ended(child);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
