import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { openEngine, openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { describeClosing } from "./port/closing.js";
import { failure } from "./port/subject.js";
import { describeEngine } from "./port/suite.js";

describeEngine("embedded", openScratch);
describeClosing("embedded", openScratch);

const folder = mkdtempSync(join(tmpdir(), "prism-embedded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (path: string): Promise<Engine> => openEngine({ kind: "embedded", name: "local", path });

/** Another process that holds the directory. */
async function hold(path: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../support/hold-directory.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, path, "feature up --project demo"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

describe("the data directory", () => {
  it("is made, keeps its tables, and is empty of our files after close", async () => {
    const path = join(folder, "made", "it's here", "data");
    const first = await open(path);
    await first.execute("CREATE DATABASE kept ENGINE = Atomic");
    await first.execute("CREATE TABLE kept.t (a UInt8) ENGINE = MergeTree ORDER BY a");
    await first.execute("INSERT INTO kept.t SELECT 7");
    await first.close();
    await first.close();
    expect(
      readdirSync(path).filter((name) => name === "holder.json" || name.startsWith("exchange-")),
    ).toEqual([]);
    const second = await open(path);
    expect(await second.rows("SELECT a FROM kept.t")).toEqual([{ a: 7 }]);
    await second.close();
  });

  it("held by another process is exit 5 and names it; it is free again when that one ends or is killed", async () => {
    const path = join(folder, "held");
    for (const end of ["close", "kill"]) {
      const holder = await hold(path);
      const error = await failure(open(path));
      expect(error.code).toBe("FS_ENGINE_LOCKED");
      expect(error.exit).toBe(5);
      expect(error.message).toContain(
        `${path} is held by process ${holder.pid} (feature up --project demo), since 20`,
      );
      const link = join(folder, `link-${end}`);
      symlinkSync(path, link);
      expect((await failure(open(link))).message).toContain(`process ${holder.pid}`);
      const ended = once(holder, "exit");
      if (end === "close") holder.stdin?.end();
      else holder.kill("SIGKILL");
      await ended;
      const engine = await open(path);
      expect(await engine.rows("SELECT 1 AS x")).toEqual([{ x: 1 }]);
      await engine.close();
    }
  });

  it("left by a killed process is cleared of what it was passing on", async () => {
    const path = join(folder, "litter");
    mkdirSync(join(path, "exchange-999999999-1"), { recursive: true });
    writeFileSync(join(path, "exchange-999999999-1", "1"), "half a block");
    const engine = await open(path);
    expect(existsSync(join(path, "exchange-999999999-1"))).toBe(false);
    await engine.close();
  });

  it("that cannot be one is said so", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    expect(await failure(open(file))).toMatchObject({ code: "FS_ENGINE_OPEN", object: file });
    expect(await failure(open(join(file, "below")))).toMatchObject({ code: "FS_ENGINE_OPEN" });
  });

  it("is one for a process", async () => {
    const engine = await openScratch();
    expect(await failure(open(join(folder, "other")))).toMatchObject({ code: "FS_ENGINE_LOCKED" });
    await engine.close();
    const other = await open(join(folder, "other"));
    await other.close();
  });

  it("of a scratch engine is gone after close", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("prism-scratch-"));
    const engine = await openScratch();
    await engine.execute("CREATE DATABASE x ENGINE = Atomic");
    await engine.close();
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith("prism-scratch-"));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe("sessions", () => {
  it("read while a bulk load with parameters writes", async () => {
    const path = join(folder, "load.csv");
    writeFileSync(path, Array.from({ length: 1_500_000 }, (_, n) => n).join("\n"));
    const engine = await openScratch();
    await engine.execute("CREATE DATABASE d ENGINE = Atomic");
    await engine.execute("CREATE TABLE d.t (a UInt64, b String) ENGINE = MergeTree ORDER BY b");
    let loaded = false;
    const load = engine
      .load(
        "INSERT INTO d.t SELECT a, hex(SHA256(concat({salt:String}, toString(a)))) FROM {file}",
        { path, format: "CSV", structure: "a UInt64" },
        { params: { salt: "s" } },
      )
      .then(() => {
        loaded = true;
      });
    expect(await engine.rows("SELECT {x:UInt8} AS x", { params: { x: 3 } })).toEqual([{ x: 3 }]);
    expect(loaded).toBe(false);
    await load;
    expect(await engine.rows("SELECT count() AS n FROM d.t")).toEqual([{ n: "1500000" }]);
    await engine.close();
  });
});
