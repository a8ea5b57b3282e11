import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

export interface FeatureRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** Another copy of bin/feature.js, such as an unpacked tarball's. */
  readonly bin?: string;
}

/** Runs the command as users do, in a child process, and returns all that it said. */
export function runFeature(args: readonly string[], options: RunOptions = {}): Promise<FeatureRun> {
  const { cwd = packageRoot, env = {}, node = [], bin = `${packageRoot}bin/feature.js` } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, bin, ...args], { cwd, env: { ...process.env, ...env } });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
    child.stdin.end();
    child.on("error", reject);
    child.on("close", (status) =>
      resolve({
        status,
        stdout: Buffer.concat(chunks.stdout).toString(),
        stderr: Buffer.concat(chunks.stderr).toString(),
      }),
    );
  });
}
