import { isAbsolute, join } from "node:path";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Project, ProjectSpecs, Target } from "../spec/model.js";
import { loadProject } from "./project-files.js";
import { sealableTarget } from "./sealable-target.js";
import type { Shell } from "./shell.js";

/** A project, and the engine of the target that the command line asks for. */
export interface Context {
  readonly specs: ProjectSpecs;
  readonly project: Project;
  readonly target: Target;
  readonly engine: Engine;
}

/** Throws FS_CLI_NO_TARGET. The path of an embedded one is absolute. */
export function chooseTarget(project: Project, asked: string | undefined): Target {
  const name = asked ?? project.defaultTarget;
  const target = project.targets[name];
  if (target === undefined) {
    const known = Object.keys(project.targets).join(", ");
    throw new FeatureError("FS_CLI_NO_TARGET", `features.yaml has no target "${name}"; it has ${known}.`, {
      object: name,
    });
  }
  return placed(target, project.root);
}

export type ServerTarget = Exclude<Target, { kind: "embedded" }>;

/** The target of a project in this folder; the path of an embedded one is absolute. */
export function placed(target: Target, root: string): Target {
  if (target.kind !== "embedded" || isAbsolute(target.path)) return target;
  return { ...target, path: join(root, target.path) };
}

/** Runs `use` with an engine, and closes the engine however it ends, also by a signal. */
export async function withEngine<T>(
  shell: Shell,
  open: () => Promise<Engine>,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const opening = open();
  // Also while it opens and while it closes: a process that exits beside the engine's threads may hang in the engine's crash handler.
  const release = shell.onInterrupt(async () => (await opening).close());
  try {
    const engine = await opening;
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  } finally {
    release();
  }
}

/**
 * Runs `use` with the project and its target's engine. `command` tells others who holds the data directory. `loaded` is the
 * project, if it was loaded before.
 */
export async function withProject<T>(
  shell: Shell,
  command: string,
  use: (context: Context) => Promise<T>,
  loaded?: ProjectSpecs,
): Promise<T> {
  const specs = loaded ?? (await loadProject(shell.options, shell.env));
  const { project } = specs;
  const target = chooseTarget(project, shell.options.target);
  const { openEngine } = await import("../engine/open.js");
  return withEngine(
    shell,
    () => openEngine(target, { command: `feature ${command}` }),
    async (engine) => {
      const keep = () => keepNote(engine, project, target);
      const release = shell.onInterrupt(keep);
      try {
        return await use({ specs, project, target, engine });
      } finally {
        release();
        await keep();
      }
    },
  );
}

/** So that the next `feature diff` need not open the engine. It saves time, and fails no command that has done its work. */
async function keepNote(engine: Engine, project: Project, target: Target): Promise<void> {
  const sealable = sealableTarget(project, target);
  if (sealable === undefined) return;
  try {
    const { renewNote } = await import("../migrate/target-note.js");
    await renewNote(engine, project.root, sealable);
  } catch {
    // The engine was closed by a signal, or cannot be asked any more: the next diff opens it.
  }
}
