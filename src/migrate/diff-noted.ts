/** `feature diff` of an embedded target without opening its engine: against what is noted of it. */
import type { Catalog } from "../compile/catalog.js";
import { isTaken } from "../engine/directory-state.js";
import type { DiffDocument } from "../plan/diff-document.js";
import { stepName } from "../plan/step.js";
import { planFrom } from "./plan-apply.js";
import { catalogOf, type DiffPlace, type DiffRequest, diffAt } from "./plan-diff.js";
import type { SealedTarget } from "./seal.js";
import type { ReadSizes } from "./stored-sizes.js";
import { holdsSizes, readNote, type TargetNote } from "./target-note.js";

/**
 * Specs against what is noted of a target. Undefined when there is no note, when it no longer holds, and when it does not say all that
 * this diff needs: then the engine has to be asked.
 * @throws FeatureError FS_ENGINE_LOCKED when somebody holds the directory, and what planning throws
 */
export async function diffNoted(
  root: string,
  sealed: SealedTarget,
  request: DiffRequest,
): Promise<DiffDocument | undefined> {
  const note = readNote(root, sealed);
  if (note === undefined) return undefined;
  const { project } = request.specs;
  const planned = await planFrom(
    { revisions: async () => note.revisions, allRecords: async () => note.records },
    project,
    catalogOf(request.specs),
  );
  const place: DiffPlace = {
    target: sealed.target,
    pins: async () => note.pins,
    sizes: notedSizes(note, planned.catalog),
    drift: async ({ wanted }) =>
      wanted.some((name) => !/^\w+$/.test(name.name) || isTaken(sealed.path, name)) ? undefined : [],
  };
  return diffAt(place, planned, request);
}

/** What is noted of tables that are there, nothing of those that the catalog adds, and no answer about those of others. */
function notedSizes(note: TargetNote, catalog: Catalog): ReadSizes {
  const noted = new Set(note.tables.map(stepName));
  const deployed = new Set(
    note.records.flatMap((record) => (record.kind === "object" ? record.object.tables.map(stepName) : [])),
  );
  const added = new Set(
    catalog.objects.flatMap(({ tables }) => tables.map(stepName)).filter((name) => !deployed.has(name)),
  );
  // Rows matter to a plan that fills something, and to no other.
  let isToday: boolean | undefined;
  return async (clock, tables) => {
    isToday ??= holdsSizes(note);
    const areKnown = tables.map(stepName).every((table) => noted.has(table) || added.has(table));
    return isToday && areKnown ? note.sizes[clock?.name ?? ""] : undefined;
  };
}
