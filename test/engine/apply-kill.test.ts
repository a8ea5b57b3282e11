import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../support/apply-in-process.ts", import.meta.url));
const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function fresh(): string {
  const root = mkdtempSync(join(tmpdir(), "prism-kill-"));
  roots.push(root);
  return root;
}

function run(root: string, place: number): { signal: string | null; left: string } {
  const child = spawnSync(process.execPath, ["--import", "tsx", script, root, String(place)], {
    encoding: "utf8",
  });
  if (child.signal === null && child.status !== 0) throw new Error(child.stderr);
  return { signal: child.signal, left: child.stdout };
}

describe("apply, killed with SIGKILL", () => {
  it("again and again, ends where an undisturbed run ends; the lock of the dead is taken over", () => {
    const undisturbed = JSON.parse(run(fresh(), 0).left);
    const root = fresh();
    for (const place of [1, 4, 9, 12, 20]) expect(run(root, place).signal).toBe("SIGKILL");
    expect(JSON.parse(run(root, 0).left)).toEqual(undisturbed);
  });
});
