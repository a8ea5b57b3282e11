import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadRate, LoadWriter } from "./load-writer.js";

const script = fileURLToPath(new URL("./load-writer-process.ts", import.meta.url));

export type StartedWriter = Pick<LoadWriter, "inserts" | "after" | "stop">;

/** The writer is a process of its own, as it is beside a server. */
export function startWriterProcess(
  connection: readonly string[],
  root: string,
  { insertsPerSecond, closeEveryMs }: LoadRate,
  letters?: string,
): StartedWriter {
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    script,
    ...connection,
    root,
    String(insertsPerSecond),
    String(closeEveryMs),
    ...(letters === undefined ? [] : [letters]),
  ]);
  let inserts = 0;
  let complaint = "";
  child.stdout.on("data", (text: Buffer) => {
    inserts = Number(text.toString().trim().split("\n").at(-1));
  });
  child.stderr.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    inserts: () => inserts,
    after: async (count) => {
      const goal = inserts + count;
      while (inserts < goal) {
        if (child.exitCode !== null) throw new Error(`the writer died: ${complaint}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stop: async () => {
      child.stdin.end();
      if ((await ended) !== 0) throw new Error(`the writer failed: ${complaint}`);
    },
  };
}
