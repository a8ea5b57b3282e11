/** A rollback: aliases go back to versions that are still fed. Pure. */
import { FeatureError } from "../errors.js";
import { quoteName, quoteString } from "../schema/quote.js";
import { renderCreate, renderDrop } from "../schema/render.js";
import { sqlTemplate } from "../sql-template.js";
import type { DeployedObject, DeployedState, VersionRecord } from "./deployed.js";
import { distinctSteps, type Step } from "./step.js";
import { isVersioned, objectOf, readsVersion, versionOf } from "./versions.js";

const countBuckets = sqlTemplate(import.meta.url, "count-buckets");

export interface RollbackChange {
  /** `view:flow`. */
  readonly object: string;
  /** Tables of the versions; null where the alias goes or comes. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface RollbackPlan {
  readonly changes: readonly RollbackChange[];
  readonly steps: readonly Step[];
  readonly records: readonly VersionRecord[];
}

/** Who holds which version, `kind:name@hash`, from outside: models. */
export interface Holder {
  readonly holder: string;
  readonly version: string;
}

/** What is live, as the chain of revisions keeps it: `kind:name@hash` of every view and vector, in order. */
export function liveVersions({ objects }: DeployedState): string[] {
  return objects
    .filter((object) => object.state === "live" && isVersioned(object))
    .map(versionOf)
    .sort();
}

/**
 * The live versions after `view` (its name, or `kind:name`) went back to `version`; whatever is built on its present version goes back
 * with it, to the version that is built on the one it goes back to.
 * @throws FeatureError FS_ROLLBACK_NOT_RETAINED, FS_ROLLBACK_DEPENDENTS
 */
export function withEarlierVersion(state: DeployedState, version: string): string[] {
  const wanted = find(state, version);
  const current = state.objects.find(
    (object) => object.state === "live" && isVersioned(object) && objectOf(object) === objectOf(wanted),
  );
  const replaced = new Map<DeployedObject, DeployedObject>();
  const stuck: string[] = [];
  const queue: [DeployedObject, DeployedObject][] = current === undefined ? [] : [[current, wanted]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [from, to] = next;
    replaced.set(from, to);
    for (const reader of state.objects) {
      if (reader.state !== "live" || replaced.has(reader) || !readsVersion(reader, from)) continue;
      const earlier = state.objects.find(
        (object) =>
          object.state === "retired" && objectOf(object) === objectOf(reader) && readsVersion(object, to),
      );
      if (earlier === undefined) stuck.push(objectOf(reader).replace(":", " "));
      else queue.push([reader, earlier]);
    }
  }
  if (stuck.length > 0) {
    throw new FeatureError(
      "FS_ROLLBACK_DEPENDENTS",
      `${[...new Set(stuck)].join(", ")} ${stuck.length === 1 ? "is" : "are"} built on the version of ${objectOf(wanted).replace(":", " ")} that would go, ` +
        "and no version built on the earlier one is kept",
      { object: objectOf(wanted) },
    );
  }
  const live = state.objects
    .filter((object) => object.state === "live" && isVersioned(object))
    .map((object) => versionOf(replaced.get(object) ?? object));
  return [...new Set([...live, version])].sort();
}

/**
 * What leads from what is live to `target`, the live versions of some moment (see `liveVersions`). Streams, raw tables and retention stay
 * as they are: later versions hang on them.
 * @throws FeatureError FS_ROLLBACK_NOT_RETAINED, FS_ROLLBACK_PINNED
 */
export function planRollback(
  state: DeployedState,
  target: readonly string[],
  holders: readonly Holder[],
  buckets: (clock: string) => { readonly database: string; readonly name: string } | undefined,
): RollbackPlan {
  const live = state.objects.filter((object) => object.state === "live" && isVersioned(object));
  const wanted = target.map((version) => find(state, version));
  const going = live.filter((object) => !target.includes(versionOf(object)));
  const coming = wanted
    .filter((object) => object.state !== "live")
    .sort((a, b) => a.level - b.level || (objectOf(a) > objectOf(b) ? -1 : 1));
  const leaving = going
    .filter((object) => !coming.some((other) => objectOf(other) === objectOf(object)))
    .sort((a, b) => b.level - a.level);
  const held = going.flatMap((object) =>
    holders
      .filter(({ version }) => version === versionOf(object))
      .map(
        ({ holder }) =>
          `${holder} holds ${objectOf(object).replace(":", " ")} ${object.dataHash.slice(0, 8)}`,
      ),
  );
  if (held.length > 0) throw new FeatureError("FS_ROLLBACK_PINNED", held.join("; "));
  const before = (object: DeployedObject): DeployedObject | undefined =>
    going.find((other) => objectOf(other) === objectOf(object));
  return {
    changes: [
      ...coming.map((object) => ({
        object: objectOf(object),
        from: table(before(object)),
        to: table(object),
      })),
      ...leaving.map((object) => ({ object: objectOf(object), from: table(object), to: null })),
    ],
    steps: distinctSteps([
      ...coming.flatMap((object) => checkStep(object, buckets(object.clock))),
      ...coming.flatMap((object) => switchStep(object, before(object))),
      ...leaving.flatMap(dropStep),
    ]),
    records: [
      ...going.map((object): VersionRecord => ({ kind: "object", object: { ...object, state: "retired" } })),
      ...coming.map((object): VersionRecord => ({ kind: "object", object: { ...object, state: "live" } })),
    ],
  };
}

function table(object: DeployedObject | undefined): string | null {
  return object?.storage?.table.name ?? null;
}

function find(state: DeployedState, version: string): DeployedObject {
  const found = state.objects.find((object) => isVersioned(object) && versionOf(object) === version);
  if (found !== undefined && (found.state === "live" || found.state === "retired")) return found;
  const [object = "", hash = ""] = version.split("@");
  const elsewhere = state.objects.find(
    (other) => isVersioned(other) && object.startsWith(`${other.kind}:`) && other.dataHash === hash,
  );
  if (elsewhere !== undefined) {
    const [then, now] = [object, objectOf(elsewhere)].map((id) => id.replace(":", " "));
    throw new FeatureError("FS_ROLLBACK_NOT_RETAINED", `${then} is ${now} now`, {
      object,
      hint: `Rename it back: its old name, and \`renamed_from: ${elsewhere.name}\`, then \`feature apply\`. Its versions are kept.`,
    });
  }
  throw new FeatureError(
    "FS_ROLLBACK_NOT_RETAINED",
    `version ${hash.slice(0, 8)} of ${object.replace(":", " ")} is no longer kept`,
    { object },
  );
}

/** It was fed all the time; that is looked at before it is shown again. Counting is fast enough for a rollback. */
function checkStep(object: DeployedObject, buckets: { database: string } | undefined): Step[] {
  const stored = object.storage?.table;
  if (stored === undefined || buckets === undefined || object.everyBucket !== true) return [];
  return [
    {
      name: `check ${stored.database}.${stored.name}`,
      kind: "check",
      object: objectOf(object),
      target: stored,
      buckets: undefined,
      sql: countBuckets({
        closes: quoteName({ database: buckets.database, name: "closes" }),
        clock: quoteString(object.clock),
        table: quoteName(stored),
      }),
      reverse: undefined,
    },
  ];
}

function switchStep(object: DeployedObject, before: DeployedObject | undefined): Step[] {
  const { alias } = object;
  if (alias === null) return [];
  const shown = before?.alias ?? null;
  return [
    {
      name: `switch_alias ${alias.database}.${alias.name}`,
      kind: "switch_alias",
      object: objectOf(object),
      target: { database: alias.database, name: alias.name },
      buckets: undefined,
      sql: renderCreate(alias, { orReplace: true }),
      reverse: shown === null ? renderDrop(alias) : renderCreate(shown, { orReplace: true }),
    },
  ];
}

function dropStep(object: DeployedObject): Step[] {
  const { alias } = object;
  if (alias === null) return [];
  return [
    {
      name: `drop_alias ${alias.database}.${alias.name}`,
      kind: "drop_alias",
      object: objectOf(object),
      target: { database: alias.database, name: alias.name },
      buckets: undefined,
      sql: renderDrop(alias),
      reverse: renderCreate(alias),
    },
  ];
}
