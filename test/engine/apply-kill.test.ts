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

function run(root: string, command: string, place = ""): { signal: string | null; left: string } {
  const child = spawnSync(process.execPath, ["--import", "tsx", script, root, command, place], {
    encoding: "utf8",
  });
  if (child.signal === null && child.status !== 0) throw new Error(child.stderr);
  return { signal: child.signal, left: child.stdout };
}

describe("a process that is killed with SIGKILL while it writes", () => {
  it("again and again, in an apply, a replacement and a rollback, ends where an undisturbed one ends", () => {
    const [calm, root] = [fresh(), fresh()];
    const killed = (command: string, ...places: readonly string[]): void => {
      for (const place of places)
        expect(run(root, command, place).signal, `${command}, ${place}`).toBe("SIGKILL");
    };
    const both = (command: string): void =>
      expect(JSON.parse(run(root, command).left), command).toEqual(JSON.parse(run(calm, command).left));
    killed("apply", "9", "20");
    both("apply and close");
    killed("replace", "5", "chunk 2", "chunk 1", "day 2", "day 1");
    both("replace");
    // Whatever comes next ends a rollback that was killed, here an apply of the specs of before.
    killed("rollback", "7");
    run(calm, "rollback");
    both("apply");
  }, 300_000);
});
