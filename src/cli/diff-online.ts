/** `feature diff` of a target, embedded or a server, with as little as it takes: by a seal, by a note, or by looking. */
import type { Reader } from "../engine/port.js";
import type { Seal, SealInputs } from "../migrate/seal.js";
import { type DiffDocument, hasChanges, nothingToDo } from "../plan/diff-document.js";
import type { ProjectSpecs } from "../spec/model.js";
import { projectFileName } from "../spec/spec-kind.js";
import { type Context, chooseTarget, placed, type ServerTarget, withEngine, withProject } from "./context.js";
import { loadProject, readProjectFiles } from "./project-files.js";
import { type EmbeddedTarget, sealedTarget } from "./sealable-target.js";
import type { Shell } from "./shell.js";
import { specConsumers } from "./spec-consumers.js";

/** Specs against the registry and the live database of the target that is asked for. */
export async function diffOnline(shell: Shell): Promise<DiffDocument> {
  const read = await readProjectFiles(shell.options.project);
  const [{ targetInUse }, { readSeal }] = await Promise.all([
    import("../spec/target-in-use.js"),
    import("../migrate/seal.js"),
  ]);
  const text = read.files.find(({ path }) => path === projectFileName)?.text ?? "";
  const inUse = targetInUse(text, shell.env, shell.options.target);
  const target = inUse && placed(inUse, read.root);
  const seal = target && readSeal(read, target);
  const load = () => loadProject(shell.options, shell.env, read);
  // What is wrong with the specs is said before a server is asked; what was sealed is right.
  if (target !== undefined && target.kind !== "embedded" && seal !== undefined)
    return diffOnServer({ shell, inputs: read, seal, load }, target);
  if (target?.kind === "embedded" && seal !== undefined && (await holds(seal, target.path)))
    return nothingToDo(target.name);
  const specs = await load();
  const chosen = chooseTarget(specs.project, shell.options.target);
  return chosen.kind === "embedded"
    ? diffEmbedded(shell, read, chosen, specs)
    : diffOnServer({ shell, inputs: read, seal, load: async () => specs }, chosen);
}

/** @throws FeatureError FS_ENGINE_LOCKED when somebody holds the directory */
async function holds(seal: Seal, path: string): Promise<boolean> {
  const [{ directoryState }, { assertFree }] = await Promise.all([
    import("../engine/directory-state.js"),
    import("../engine/embedded-open.js"),
  ]);
  assertFree(path);
  return directoryState(path, seal.databases.registry) === seal.state;
}

async function diffEmbedded(
  shell: Shell,
  inputs: SealInputs,
  target: EmbeddedTarget,
  specs: ProjectSpecs,
): Promise<DiffDocument> {
  const [{ diffNoted }, { writeNote }] = await Promise.all([
    import("../migrate/diff-noted.js"),
    import("../migrate/target-note.js"),
  ]);
  const request = { specs, consumers: specConsumers(specs) };
  const sealed = sealedTarget(specs.project, target);
  const noted = await diffNoted(inputs.root, sealed, request);
  if (noted !== undefined) {
    await sealDirectory(noted, target, specs, inputs);
    return noted;
  }
  const look = async ({ project, engine }: Context) => {
    const [{ planApply }, { catalogOf, diffPlanned }] = await Promise.all([
      import("../migrate/plan-apply.js"),
      import("../migrate/plan-diff.js"),
    ]);
    const planned = await planApply(engine, project, catalogOf(specs));
    const document = await diffPlanned(engine, target.name, planned, request);
    if (document.drift.length === 0) await writeNote(engine, inputs.root, sealed, planned.catalog);
    await sealDirectory(document, target, specs, inputs);
    return document;
  };
  return withProject(shell, "diff", look, specs);
}

/** Seals an embedded target that the document has no changes for. */
export async function sealDirectory(
  document: DiffDocument,
  target: EmbeddedTarget,
  { project: { databases } }: ProjectSpecs,
  inputs: SealInputs,
): Promise<void> {
  if (hasChanges(document)) return;
  const [{ writeSeal }, { directoryState }] = await Promise.all([
    import("../migrate/seal.js"),
    import("../engine/directory-state.js"),
  ]);
  const state = directoryState(target.path, databases.registry);
  if (state !== undefined) writeSeal(inputs, target, databases, state);
}

interface ServerLook {
  readonly shell: Shell;
  readonly inputs: SealInputs;
  readonly seal: Seal | undefined;
  readonly load: () => Promise<ProjectSpecs>;
}

/** One connection for all that is asked. */
async function diffOnServer({ shell, inputs, seal, load }: ServerLook, target: ServerTarget) {
  const { openEngine } = await import("../engine/open.js");
  return withEngine(
    shell,
    () => openEngine(target),
    async (engine) => {
      const { readServerState } = await import("../migrate/server-state.js");
      const now = seal && (await readServerState(engine, seal.databases));
      if (now !== undefined && now === seal?.state) return nothingToDo(target.name);
      return diffAndSeal(engine, target, await load(), inputs);
    },
  );
}

/** Looks at a server, and leaves what spares the next diff that look. */
export async function diffAndSeal(
  engine: Reader,
  target: ServerTarget,
  specs: ProjectSpecs,
  inputs: SealInputs,
): Promise<DiffDocument> {
  const [{ diffServer }, { writeSeal }] = await Promise.all([
    import("../migrate/diff-server.js"),
    import("../migrate/seal.js"),
  ]);
  const request = { specs, consumers: specConsumers(specs) };
  const { document, state } = await diffServer(engine, target, request);
  if (state !== undefined && !hasChanges(document)) writeSeal(inputs, target, specs.project.databases, state);
  return document;
}
