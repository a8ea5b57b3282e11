import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { expandPaths } from "../../../src/ingest/files/expand-paths.js";
import { prepareFile } from "../../../src/ingest/files/prepare-file.js";
import { TempFolder } from "../../../src/ingest/files/temp-folder.js";
import { zipOf } from "../../support/zip-files.js";

const folder = mkdtempSync(join(tmpdir(), "prism-unit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe("files of the command line", () => {
  it("are patterns in order of name, paths, and standard input, each once", async () => {
    file("many/b.csv", "1");
    file("many/a.csv", "1");
    file("many/[odd].csv", "1");
    symlinkSync(join(folder, "many/a.csv"), join(folder, "many/same.txt"));
    const found = await expandPaths(["many/*.csv", "-", "many/same.txt", "many/[odd].csv", "-"], folder);
    expect(found.map(({ given }) => given)).toEqual(["many/[odd].csv", "many/a.csv", "many/b.csv", "-"]);
  });

  it("are all looked at before the command fails", async () => {
    const failure = expandPaths(["many", "nothing.csv", "many/*.zip"], folder);
    await expect(failure).rejects.toMatchObject({
      findings: [
        { code: "FS_INGEST_DIRECTORY", hint: expect.stringContaining("'many/*'") },
        { code: "FS_INGEST_NO_FILE", message: "nothing.csv does not exist" },
        { code: "FS_INGEST_NO_FILE", message: "no file matches many/*.zip" },
      ],
    });
  });
});

describe("a file", () => {
  const prepare = async (name: string, content: string | Buffer, wants: "text" | "parquet" = "text") => {
    const temp = await TempFolder.open(folder);
    return prepareFile({ given: name, path: file(name, content) }, wants, temp);
  };

  it("is what its bytes say", async () => {
    const [plain] = await prepare("plain.csv", "\ufeffa,b\r\n1,2\r\n3");
    expect(plain?.head).toEqual({ lines: ["a,b", "1,2", "3"], hasByteOrderMark: true });
    expect(plain?.path).toBe(join(folder, "plain.csv"));
    const [packed] = await prepare("packed.csv", gzipSync("a\n1\n"));
    expect(packed?.head?.lines).toEqual(["a", "1"]);
    expect(packed?.path.endsWith(".gz")).toBe(true);
  });

  it("that is broken or of another kind is an error", async () => {
    await expect(prepare("empty.csv", "")).rejects.toMatchObject({ code: "FS_INGEST_EMPTY" });
    await expect(prepare("zeros.csv", Buffer.alloc(100))).rejects.toMatchObject({
      code: "FS_INGEST_NOT_TEXT",
    });
    await expect(prepare("endless.csv", Buffer.alloc(400_000, "x"))).rejects.toMatchObject({
      code: "FS_INGEST_NOT_TEXT",
    });
    await expect(prepare("page.csv.gz", "<html>")).rejects.toMatchObject({ code: "FS_INGEST_BROKEN_FILE" });
    await expect(prepare("page.zip", "<html>")).rejects.toMatchObject({ code: "FS_INGEST_BROKEN_FILE" });
    await expect(prepare("cut.csv.gz", gzipSync("a,b\n".repeat(9)).subarray(0, 20))).rejects.toMatchObject({
      code: "FS_INGEST_BROKEN_FILE",
    });
    await expect(prepare("a.parquet", "PAR1…")).rejects.toMatchObject({ code: "FS_INGEST_NOT_TEXT" });
    await expect(prepare("b.parquet", "a,b", "parquet")).rejects.toMatchObject({
      code: "FS_INGEST_NOT_PARQUET",
    });
    await expect(prepare("a.zst", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]))).rejects.toMatchObject({
      code: "FS_INGEST_NOT_TEXT",
    });
  });
});

describe("a zip", () => {
  const prepare = async (name: string, content: Buffer) => {
    const temp = await TempFolder.open(folder);
    return prepareFile({ given: name, path: file(name, content) }, "text", temp);
  };

  it("gives its csv members, in order of name, and nothing else", async () => {
    const zip = zipOf({ "x/b.csv": "b\n", "x/readme.txt": "no", "a.csv": "a\n" });
    const parts = await prepare("two.zip", zip);
    expect(parts.map(({ name }) => name)).toEqual(["two.zip/a.csv", "two.zip/b.csv"]);
    expect(parts.map(({ path }) => readFileSync(path, "utf8"))).toEqual(["a\n", "b\n"]);
    await parts[0]?.release();
    expect(() => readFileSync(parts[0]?.path ?? "")).toThrow("ENOENT");
  });

  it("of one member goes by the zip's name first", async () => {
    const [part] = await prepare("BTC.zip", zipOf({ "ETH.csv": "1\n" }));
    expect(part).toMatchObject({
      name: "BTC.zip",
      telling: [join(folder, "BTC.zip"), join(folder, "ETH.csv")],
    });
  });

  it("that is broken, encrypted, without csv or a bomb is an error", async () => {
    const good = zipOf({ "a.csv": "1,2\n".repeat(5000) });
    await expect(prepare("cut.zip", good.subarray(0, good.length - 30))).rejects.toMatchObject({
      code: "FS_INGEST_BROKEN_FILE",
    });
    await expect(prepare("none.zip", zipOf({ "a.txt": "1" }))).rejects.toMatchObject({
      code: "FS_INGEST_ZIP",
      message: expect.stringContaining("a.txt"),
    });
    const damaged = Buffer.from(zipOf({ "a.csv": "1,2,3,4,5,6,7,8\n" }, { stored: true }));
    damaged[40] = 0x39;
    await expect(prepare("damaged.zip", damaged)).rejects.toMatchObject({
      code: "FS_INGEST_BROKEN_FILE",
      message: expect.stringContaining("checksum"),
    });
    const locked = zipOf({ "a.csv": "1\n" });
    locked[locked.indexOf("PK\x01\x02") + 8] = 1;
    await expect(prepare("locked.zip", locked)).rejects.toMatchObject({
      code: "FS_INGEST_BROKEN_FILE",
      message: expect.stringContaining("encrypted"),
    });
    const bomb = zipOf({ "a.csv": Buffer.alloc(100_000_000, "1") });
    await expect(prepare("bomb.zip", bomb)).rejects.toMatchObject({ code: "FS_INGEST_ZIP" });
    await expect(prepare("outside.zip", zipOf({ "../a.csv": "1\n" }))).rejects.toMatchObject({
      code: "FS_INGEST_BROKEN_FILE",
    });
  });
});

describe("a folder for unpacked files", () => {
  it("removes those of processes that are gone, and only these", async () => {
    const gone = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
    const left = file(`prism-ingest-${gone}-abc/1.csv`, "x");
    const kept = file(`prism-ingest-${process.pid}-abc/1.csv`, "x");
    const temp = await TempFolder.open(folder);
    expect(() => readFileSync(left)).toThrow("ENOENT");
    expect(readFileSync(kept, "utf8")).toBe("x");
    truncateSync(kept);
    await temp.remove();
    await temp.remove();
  });
});
