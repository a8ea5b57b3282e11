/**
 * A note that `feature diff` found nothing to do, and of what: as long as specs, migrations, this tool and the target are the
 * same, it finds nothing to do again, and neither compiles nor opens anything.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serverPlace } from "../engine/server-address.js";
import type { Databases, Target } from "../spec/model.js";
import type { SourceFile } from "../spec/parse-project.js";
import { readNoted, writeNoted } from "./noted-file.js";
import { migrationsFolder } from "./plan-apply.js";

export interface SealInputs {
  /** Absolute path of the project's folder. */
  readonly root: string;
  readonly files: readonly SourceFile[];
}

/** An embedded target. */
export interface SealedTarget {
  readonly target: string;
  /** Absolute. */
  readonly path: string;
  /** The database of the registry. */
  readonly registry: string;
}

/** What was found to be what the specs say. */
export interface Seal {
  /** Of the specs alone: when they differ nothing else need be read. */
  readonly specs: string;
  readonly inputs: string;
  /** An absolute path, or an address and who asks there. */
  readonly place: string;
  readonly databases: Databases;
  /** Of the place: of the engine's directory (`directoryState`), or of the server (`readServerState`). */
  readonly state: string;
}

/** What was sealed, as long as all that stands beside the target is the same. Whether the target is what it was is the caller's to ask. */
export function readSeal(inputs: SealInputs, target: Target): Seal | undefined {
  const seal = readNoted(inputs.root, sealName(target)) as Seal | null | undefined;
  if (seal?.specs !== specsState(inputs) || seal.inputs !== inputsState(inputs)) return undefined;
  return seal.place === placeOf(target) ? seal : undefined;
}

/** To be called after a diff without changes, while an embedded engine is held. It saves time only, so failing to write fails nothing. */
export function writeSeal(inputs: SealInputs, target: Target, databases: Databases, state: string): void {
  const [specs, given] = [specsState(inputs), inputsState(inputs)];
  const seal: Seal = { specs, inputs: given, place: placeOf(target), databases, state };
  writeNoted(inputs.root, sealName(target), seal);
}

function sealName({ name }: Target): string {
  return `${name}.seal`;
}

/** Variables matter by this alone, and to get in; a password is not kept, not even as a digest. */
function placeOf(target: Target): string {
  return target.kind === "embedded" ? target.path : serverPlace(target);
}

function specsState({ files }: SealInputs): string {
  const state = createHash("sha256");
  for (const { path, text } of files) state.update(JSON.stringify([path, text]));
  return state.digest("hex");
}

/** All that a diff reads beside the specs and the target. */
function inputsState({ root }: SealInputs): string {
  const state = createHash("sha256");
  const add = (...parts: readonly string[]): void => void state.update(JSON.stringify(parts));
  add(root);
  const migrations = migrationsFolder({ root });
  for (const name of readFolder(migrations)) add(name, readFileSync(join(migrations, name), "utf8"));
  // The same version may be another tool while somebody works on it.
  const tool = fileURLToPath(new URL("../", import.meta.url));
  add(readFileSync(join(tool, "../package.json"), "utf8"));
  for (const name of readFolder(tool)) {
    const { size, mtimeMs } = statSync(join(tool, name));
    add(name, String(size), String(mtimeMs));
  }
  return state.digest("hex");
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.\w+$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
