/** Where a rollback goes: which versions are to be live. Pure. */
import { FeatureError } from "../errors.js";
import type { DeployedState } from "../plan/deployed.js";
import { liveVersions } from "../plan/rollback.js";
import { isVersioned, objectOf } from "../plan/versions.js";
import type { Revision } from "../registry/revision.js";
import { suggest } from "../spec/suggest.js";

export interface RollbackGoal {
  /** A view or vector, by name or as `kind:name`; undefined: everything. */
  readonly view?: string | undefined;
  /** A revision; undefined: the state before the present one. */
  readonly to?: number | undefined;
}

export interface RollbackTarget {
  /** `kind:name@hash` of all that is to be live. */
  readonly live: readonly string[];
  /** For the history: `to revision 3`, `view vpin to 1a2b3c4d`. */
  readonly to: string;
}

/**
 * @param withVersion what is live when one object goes back to a version, with all that hangs on it
 * @throws FeatureError FS_ROLLBACK_NOTHING, FS_ROLLBACK_UNKNOWN
 */
export function rollbackTarget(
  goal: RollbackGoal,
  state: DeployedState,
  revisions: readonly Revision[],
  withVersion: (version: string) => readonly string[],
): RollbackTarget {
  const applied = revisions.filter((revision) => revision.state === "applied");
  if (goal.to !== undefined && !applied.some(({ id }) => id === goal.to)) {
    throw new FeatureError("FS_ROLLBACK_UNKNOWN", `there is no applied revision ${goal.to}`, {
      hint: "`feature history` lists them.",
    });
  }
  return goal.view === undefined
    ? wholeTarget(goal.to, liveVersions(state), applied)
    : viewTarget(goal.view, goal.to, state, applied, withVersion);
}

function wholeTarget(
  to: number | undefined,
  live: readonly string[],
  applied: readonly Revision[],
): RollbackTarget {
  const same = (revision: Revision): boolean => equal(revision.live, live);
  const found =
    to === undefined
      ? states(applied, (revision) => JSON.stringify(revision.live)).findLast((revision) => !same(revision))
      : applied.find(({ id }) => id === to);
  if (found === undefined || found.live.length === 0)
    throw nothing(to === undefined ? "there is no earlier state" : `revision ${to} has no views`);
  if (same(found)) throw nothing(`what is live is what revision ${found.id} left`);
  return { live: found.live, to: `to revision ${found.id}` };
}

function viewTarget(
  name: string,
  to: number | undefined,
  state: DeployedState,
  applied: readonly Revision[],
  withVersion: (version: string) => readonly string[],
): RollbackTarget {
  const id = objectNamed(name, state);
  const versionAt = (revision: Revision): string | undefined =>
    revision.live.find((version) => version.startsWith(`${id}@`));
  const current = liveVersions(state).find((version) => version.startsWith(`${id}@`));
  const found =
    to === undefined
      ? states(applied, versionAt)
          .map(versionAt)
          .findLast((version) => version !== undefined && version !== current)
      : applied.flatMap((revision) => (revision.id === to ? [versionAt(revision)] : []))[0];
  const words = id.replace(":", " ");
  if (found === undefined)
    throw nothing(
      to === undefined ? `${words} has no earlier version` : `${words} was not live at revision ${to}`,
    );
  if (found === current) throw nothing(`${words} is at the version of revision ${to}`);
  return { live: withVersion(found), to: `${words} to ${found.split("@")[1]?.slice(0, 8)}` };
}

/**
 * The revisions whose states can be gone back through one by one, oldest first: a rollback takes away what came after the state that
 * it went back to, so that rolling back again goes further back and not to and fro.
 */
function states(applied: readonly Revision[], of: (revision: Revision) => string | undefined): Revision[] {
  const stack: Revision[] = [];
  for (const revision of applied) {
    const same = stack.findLastIndex((earlier) => of(earlier) === of(revision));
    if (revision.kind === "rollback" && same >= 0) stack.splice(same + 1);
    else if (same < 0 || same < stack.length - 1) stack.push(revision);
  }
  return stack;
}

function objectNamed(name: string, state: DeployedState): string {
  const ids = [...new Set(state.objects.filter(isVersioned).map(objectOf))];
  const [found, ...more] = ids.filter((id) => id === name || id.endsWith(`:${name}`));
  if (found !== undefined && more.length === 0) return found;
  if (found !== undefined) {
    throw new FeatureError("FS_ROLLBACK_UNKNOWN", `${name} may be ${[found, ...more].join(" or ")}`, {
      object: name,
      hint: "Name it with its kind, as it stands here.",
    });
  }
  const near = suggest(
    name,
    ids.map((id) => id.slice(id.indexOf(":") + 1)),
  );
  throw new FeatureError("FS_ROLLBACK_UNKNOWN", `nothing that is deployed bears the name ${name}`, {
    object: name,
    ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
  });
}

function nothing(message: string): FeatureError {
  return new FeatureError("FS_ROLLBACK_NOTHING", message);
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((version, index) => version === b[index]);
}
