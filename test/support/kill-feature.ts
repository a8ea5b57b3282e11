import { spawn } from "node:child_process";
import { packageRoot } from "./run-feature.js";

export interface KilledRun {
  /** Null when it was killed. */
  readonly status: number | null;
  /** From its first words on stderr to its end. */
  readonly busyMs: number;
  readonly stderr: string;
}

/** Runs a command in a folder and kills it with SIGKILL so long after its first words on stderr, if it still runs then. */
export function killFeature(folder: string, args: readonly string[], afterMs?: number): Promise<KilledRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${packageRoot}bin/feature.js`, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let timer: NodeJS.Timeout | undefined;
    let spokeAt: number | undefined;
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (spokeAt !== undefined) return;
      spokeAt = performance.now();
      if (afterMs !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
    });
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, busyMs: performance.now() - (spokeAt ?? performance.now()), stderr });
    });
  });
}
