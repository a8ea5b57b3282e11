import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openFailure } from "../../../src/engine/embedded-open.js";
import { transportParams } from "../../../src/engine/params.js";
import { Queue } from "../../../src/engine/queue.js";
import { answerBytes } from "../../../src/engine/server-answer.js";

describe("the queue", () => {
  it("keeps order and width, goes on after a failure, and drains", async () => {
    const queue = new Queue(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const jobs = Array.from({ length: 7 }, (_, n) =>
      queue.run(async () => {
        started.push(n);
        most = Math.max(most, ++running);
        await pause(2);
        running--;
        if (n === 3) throw new Error("three");
        return n;
      }),
    );
    const results = Promise.allSettled(jobs);
    await queue.drained();
    expect(running).toBe(0);
    expect((await results).map((result) => result.status)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((n) => (n === 3 ? "rejected" : "fulfilled")),
    );
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
    await queue.drained();
  });
});

describe("a server's answer", () => {
  const tag = "abcdefghijklmnop";
  const headers = { "x-clickhouse-exception-tag": tag };
  const read = async (chunks: readonly Buffer[], broken?: Error): Promise<string> => {
    let text = "";
    const stream = Readable.from(
      (async function* () {
        yield* chunks;
        if (broken !== undefined) throw broken;
      })(),
    );
    for await (const bytes of answerBytes(stream, headers)) text += Buffer.from(bytes).toString("latin1");
    return text;
  };
  const body = "data\r\n__exception__\r\nnot the tag, just data";
  const message = "Code: 1. DB::Exception: late. (TYPE_NAME)";
  const failure = `\r\n__exception__\r\n${tag}\r\n${message}\n${message.length + 1} ${tag}\r\n__exception__\r\n`;
  const cut = (text: string, size: number) =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
      Buffer.from(text.slice(n * size, (n + 1) * size)),
    );

  it("passes through whole", async () => {
    for (let size = 1; size < 50; size++) expect(await read(cut(body, size))).toBe(body);
    expect(await read([])).toBe("");
  });

  it("ends with the server's message, wherever it is cut and whether the connection breaks", async () => {
    for (let size = 1; size < 120; size++) {
      await expect(read(cut(body + failure, size))).rejects.toThrow(message);
      await expect(read(cut(body + failure, size), new Error("aborted"))).rejects.toThrow(message);
    }
  });

  it("that breaks without a message is an error", async () => {
    await expect(read(cut(body, 5), new Error("aborted"))).rejects.toThrow("aborted");
  });
});

describe("bound values", () => {
  it("take one form for both transports", () => {
    const given = {
      a: true,
      b: 2n ** 64n,
      c: Number.NaN,
      d: Number.NEGATIVE_INFINITY,
      e: 0.1,
      f: null,
      g: "\\N",
      h: ["x", 1],
    };
    expect(transportParams(given)).toEqual({
      a: "1",
      b: "18446744073709551616",
      c: "nan",
      d: "-inf",
      e: "0.1",
      f: null,
      g: "\\N",
      h: ["x", 1],
    });
    expect(transportParams()).toEqual({});
  });
});

describe("a directory that does not open", () => {
  it("is locked if its holder runs, and broken otherwise", () => {
    const path = mkdtempSync(join(tmpdir(), "prism-open-"));
    const cause = new Error("Failed to create connection");
    expect(openFailure(path, cause)).toMatchObject({ code: "FS_ENGINE_OPEN" });
    writeFileSync(
      join(path, "holder.json"),
      JSON.stringify({ pid: process.ppid, command: "feature up", since: "now" }),
    );
    const locked = openFailure(path, cause);
    expect(locked.code).toBe("FS_ENGINE_LOCKED");
    expect(locked.message).toContain(`process ${process.ppid} (feature up), since now`);
    writeFileSync(join(path, "status"), "PID: 999999999\nStarted at: x\n");
    expect(openFailure(path, cause)).toMatchObject({ code: "FS_ENGINE_OPEN" });
    rmSync(path, { recursive: true });
  });
});
