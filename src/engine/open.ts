import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "../spec/model.js";
import type { Engine } from "./port.js";

export interface OpenOptions {
  /** The command line, for others who find the data directory held. */
  readonly command?: string;
}

/** Opens the engine of a target. The path of an embedded target is absolute. Engines are loaded only here. */
export async function openEngine(target: Target, options: OpenOptions = {}): Promise<Engine> {
  if (target.kind === "embedded") {
    const { openEmbedded } = await import("./embedded.js");
    return openEmbedded({ path: target.path, command: options.command ?? "feature" });
  }
  const { openServer } = await import("./server.js");
  return openServer(target);
}

/** An embedded engine in a fresh temporary directory, which is removed at close. One process has one data directory open. */
export async function openScratch(): Promise<Engine> {
  const path = mkdtempSync(join(tmpdir(), "prism-scratch-"));
  const { openEmbedded } = await import("./embedded.js");
  const engine = await openEmbedded({ path, command: "feature" });
  const close = engine.close.bind(engine);
  engine.close = async () => {
    await close();
    rmSync(path, { recursive: true, force: true });
  };
  return engine;
}
