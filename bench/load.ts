import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Errors of the connection, and answers that are not 2xx. */
  readonly failures: number;
  /** Processor time that making a request and reading its answer took the process that does it, microseconds. */
  readonly cpuUs: number;
}

const program = fileURLToPath(new URL("load-client.mjs", import.meta.url));

/** GET requests from a process of its own, so that making load costs the server nothing; `command` stands before it. */
export function runLoad(
  url: string,
  { connections, seconds }: Load,
  command: readonly string[] = [],
): Promise<LoadResult> {
  const [first = "", ...rest] = [...command, process.execPath, program, url, `${connections}`, `${seconds}`];
  const child = spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(JSON.parse(text)));
  });
}
