import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { packageRoot } from "./run-feature.js";

export interface KilledRun {
  /** Null when it was killed. */
  readonly status: number | null;
  /** How long it worked, from its first words on stderr to its end. */
  readonly busyMs: number;
  readonly stderr: string;
}

/** How often a child is looked at. */
const lookMs = 5;
/** A tick of /proc, on every Linux that people use. */
const tickMs = 10;

/**
 * Runs a command in a folder and kills it with SIGKILL when it has worked so long after its first words on stderr, if it still runs then.
 * Work is time of the processor, where the system tells it: a machine that others keep busy makes a command wait, not work.
 */
export function killFeature(folder: string, args: readonly string[], afterMs?: number): Promise<KilledRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${packageRoot}bin/feature.js`, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let timer: NodeJS.Timeout | undefined;
    let [busyMs, stderr] = [0, ""];
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (timer !== undefined) return;
      const worked = clockOf(child.pid);
      const began = worked() ?? 0;
      timer = setInterval(() => {
        busyMs = Math.max(busyMs, (worked() ?? 0) - began);
        if (afterMs !== undefined && busyMs >= afterMs) child.kill("SIGKILL");
      }, lookMs);
    });
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(timer);
      resolve({ status, busyMs, stderr });
    });
  });
}

/** Processor time of a process, undefined once it is gone; where there is no /proc, the time of day. */
function clockOf(pid: number | undefined): () => number | undefined {
  return processorMs(pid) === undefined ? () => performance.now() : () => processorMs(pid);
}

function processorMs(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return undefined;
  }
}
