import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Errors of the connection, time-outs, and answers that are not 2xx. */
  readonly failures: number;
}

/** GET requests from autocannon in a process of its own, so that making load costs the server nothing. */
export function runLoad(url: string, { connections, seconds }: Load): Promise<LoadResult> {
  const program = fileURLToPath(import.meta.resolve("autocannon"));
  const child = spawn(process.execPath, [program, "-j", "-c", `${connections}`, "-d", `${seconds}`, url], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const { requests, errors, timeouts, non2xx, duration } = JSON.parse(text);
      resolve({
        requests: requests.total,
        perSecond: requests.total / duration,
        failures: errors + timeouts + non2xx,
      });
    });
  });
}
