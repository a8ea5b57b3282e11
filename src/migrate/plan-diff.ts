/** `feature diff`: the plan of `feature apply`, with what it costs, what hangs on it, and what drifted. Changes nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "../compile/catalog.js";
import { compileProject } from "../compile/compile-project.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { DeployedState } from "../plan/deployed.js";
import { type DiffDocument, diffDocument } from "../plan/diff-document.js";
import type { Consumer } from "../plan/downstream.js";
import type { Drift } from "../plan/drift.js";
import { parseLockFile } from "../plan/lock-file.js";
import { makePlans, type Plan } from "../plan/plan.js";
import type { Pin } from "../registry/pin.js";
import { openRegistryReader } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import type { ProjectSpecs } from "../spec/model.js";
import { type DriftScope, detectDrift } from "./detect-drift.js";
import { estimateBackfill } from "./estimate-backfill.js";
import { type PlannedApply, planApply } from "./plan-apply.js";
import { type ReadSizes, readSizes } from "./stored-sizes.js";

export interface DiffRequest {
  readonly specs: ProjectSpecs;
  /** Readers of vectors and views that the specs name and the catalog does not hold. */
  readonly consumers: readonly Consumer[];
}

/** What a diff asks of a target beside its records: the engine, or a note of what the engine said. */
export interface DiffPlace {
  readonly target: string;
  pins(): Promise<readonly Pin[]>;
  readonly sizes: ReadSizes;
  /** Undefined: only the engine can say. */
  drift(scope: Omit<DriftScope, "seen">): Promise<readonly Drift[] | undefined>;
}

/** The catalog that a project compiles into where something is deployed. */
export function catalogOf(specs: ProjectSpecs): (deployed: DeployedState) => Catalog {
  return ({ objects }) => compileProject(specs, objects);
}

/** Specs against the registry and the live database of a target. */
export async function diffTarget(
  reader: Reader,
  target: string,
  request: DiffRequest,
): Promise<DiffDocument> {
  const { specs } = request;
  const planned = await planApply(reader, specs.project, catalogOf(specs));
  return diffPlanned(reader, target, planned, request);
}

/** The same for what was planned already. */
export async function diffPlanned(
  reader: Reader,
  target: string,
  planned: PlannedApply,
  request: DiffRequest,
): Promise<DiffDocument> {
  const registry = openRegistryReader(reader, request.specs.project.databases.registry);
  const document = await diffAt(
    {
      target,
      pins: () => registry.pins(),
      sizes: readSizes(reader),
      drift: async (scope) => (await detectDrift(reader, { ...scope, seen: await registry.seen() })).drift,
    },
    planned,
    request,
  );
  if (document === undefined) throw new Error("an engine knows everything");
  return document;
}

/** Undefined where the place does not know enough. */
export async function diffAt(
  place: DiffPlace,
  planned: PlannedApply,
  { specs, consumers }: DiffRequest,
): Promise<DiffDocument | undefined> {
  const { catalog, records, deployed, expected, pending, plans } = planned;
  const costs = await estimateBackfill(place.sizes, catalog, plans);
  const drift = await place.drift({ state: deployed, records, wanted: wantedNames(plans) });
  if (costs === undefined || drift === undefined) return undefined;
  const pins = await place.pins();
  return diffDocument({
    target: place.target,
    desired: catalog,
    actual: expected,
    plans,
    pending: pending.map(({ name, class: gravity, steps }) => ({
      name,
      class: gravity,
      steps: steps.length,
    })),
    costs,
    drift,
    consumers: [
      ...consumers,
      ...pins.map(({ holder, object }): Consumer => ({ id: holder, reads: [object] })),
    ],
    keptVersions: specs.project.retention.versions,
  });
}

/** Specs against `registry/deployed.json`: no engine is loaded. Throws FS_REGISTRY_LOCK_FILE. */
export function diffOffline({ specs, consumers }: DiffRequest): DiffDocument {
  const { project } = specs;
  const actual = parseLockFile(readLockFile(project.root), lockFileName);
  const desired = compileProject(specs, actual.objects);
  return diffDocument({
    target: undefined,
    desired,
    actual,
    plans: makePlans(desired, actual),
    pending: [],
    costs: undefined,
    drift: [],
    consumers,
    keptVersions: project.retention.versions,
  });
}

const lockFileName = "registry/deployed.json";

function readLockFile(root: string): string {
  try {
    return readFileSync(join(root, lockFileName), "utf8");
  } catch (cause) {
    throw new FeatureError("FS_REGISTRY_LOCK_FILE", `there is no ${lockFileName} to compare with`, { cause });
  }
}

/** Tables, triggers and aliases that the next apply would create. */
function wantedNames(plans: readonly Plan[]): TableName[] {
  return plans.flatMap((plan) =>
    plan.steps.flatMap(({ kind, target, reverse }) => {
      const isNew = kind === "switch_alias" && reverse?.startsWith("DROP ") === true;
      const creates = kind === "create_table" || kind === "create_trigger" || isNew;
      return creates && target !== undefined ? [target] : [];
    }),
  );
}
