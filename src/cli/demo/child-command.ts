import { spawn } from "node:child_process";
import { join } from "node:path";
import { type ErrorCode, type ErrorReport, errorCodes, FeatureError, Findings } from "../../errors.js";
import { packageRoot } from "../package-root.js";
import type { Shell } from "../shell.js";

/** The document that a command printed; a bare array for `sql`. */
export type Printed = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

function toError({ code, message, file, line, column, object, hint }: ErrorReport): FeatureError {
  const known: ErrorCode = code in errorCodes ? code : "FS_INTERNAL";
  const at = file === undefined ? {} : { at: { file, ...(line && { line }), ...(column && { column }) } };
  return new FeatureError(known, message, { ...at, ...(object === undefined ? {} : { object }), hint });
}

/**
 * Runs a command of this package in its own process, as its user would: one process opens one data directory. Its
 * errors are thrown as if they were ours. Its progress goes to our terminal, if there is one.
 */
export async function childCommand(shell: Shell, folder: string, args: readonly string[]): Promise<Printed> {
  const bar = process.stderr.isTTY && !shell.options.quiet;
  const all = [join(packageRoot, "bin/feature.js"), ...args, "--json", ...(bar ? [] : ["--quiet"])];
  const child = spawn(process.execPath, all, {
    cwd: folder,
    stdio: ["ignore", "pipe", bar ? "inherit" : "pipe"],
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const forget = shell.onInterrupt(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const said: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
  const status = await closed.finally(forget);
  const text = Buffer.concat(chunks).toString();
  if (status === 0) return JSON.parse(text) as Printed;
  throw failure(args, status, text, Buffer.concat(said).toString());
}

function failure(args: readonly string[], status: number | null, stdout: string, stderr: string): Error {
  try {
    const { errors = [] } = JSON.parse(stdout) as { errors?: readonly ErrorReport[] };
    if (errors.length > 0) return new Findings(errors.map(toError));
  } catch {
    // The command ended before it could print its document.
  }
  const words = stderr.trim().split("\n").at(-1) ?? "";
  return new FeatureError("FS_INTERNAL", `feature ${args[0]} ended with status ${status}. ${words}`.trim());
}
