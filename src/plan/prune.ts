/** Which retired versions are past their retention, and the statements that drop them. Pure. */
import { renderDrop } from "../schema/render.js";
import type { DeployedObject } from "./deployed.js";
import type { Holder } from "./rollback.js";
import type { Step } from "./step.js";
import { isVersioned, objectOf, versionOf, withUpstream } from "./versions.js";

export interface PruneRules {
  /** How many versions of an object are kept, the live one included. */
  readonly versions: number;
  /** Also the last versions of objects that are no longer live at all: their spec is gone. */
  readonly removed: boolean;
  /** What is live after each applied revision, oldest first. */
  readonly history: readonly (readonly string[])[];
  readonly holders: readonly Holder[];
}

/** A version that stays although it is older than what is kept. */
export interface KeptVersion {
  readonly object: DeployedObject;
  /** `model trend_baseline@3 holds it`, `vector trend 1a2b3c4d reads it`. */
  readonly because: string;
}

export interface Prunable {
  readonly drop: readonly DeployedObject[];
  readonly kept: readonly KeptVersion[];
}

/** Splits what is retired: what goes, and what is old enough to go but is held or read by something that stays. */
export function prunable(objects: readonly DeployedObject[], rules: PruneRules): Prunable {
  const versions = objects.filter(
    (object) => isVersioned(object) && (object.state === "live" || object.state === "retired"),
  );
  const lastLive = (object: DeployedObject): number =>
    rules.history.findLastIndex((live) => live.includes(versionOf(object)));
  const recent = new Set(
    [...new Set(versions.map(objectOf))].flatMap((id) => {
      const own = versions.filter((object) => objectOf(object) === id);
      const isLive = own.some(({ state }) => state === "live");
      if (!isLive && rules.removed) return [];
      const earlier = own
        .filter(({ state }) => state === "retired")
        .sort((a, b) => lastLive(b) - lastLive(a))
        .slice(0, Math.max(rules.versions - 1, 0));
      return [...own.filter(({ state }) => state === "live"), ...earlier];
    }),
  );
  const heldBy = (object: DeployedObject): string | undefined =>
    rules.holders.find(({ version }) => version === versionOf(object))?.holder;
  const held = versions.filter((object) => heldBy(object) !== undefined);
  const staying = withUpstream([...recent, ...held], versions);
  const kept = versions.flatMap((object): KeptVersion[] => {
    if (recent.has(object) || !staying.has(object)) return [];
    const holder = heldBy(object);
    return [{ object, because: holder === undefined ? readerOf(object, staying) : `${holder} holds it` }];
  });
  const drop = versions.filter((object) => !staying.has(object));
  return { drop: [...drop, ...emptied(objects, staying)], kept };
}

/** Shared tables in which no version is left that stays. */
function emptied(objects: readonly DeployedObject[], staying: ReadonlySet<DeployedObject>): DeployedObject[] {
  const used = new Set([...staying].map(({ storage }) => storage?.table.name));
  return objects.filter(
    ({ kind, state, storage }) => kind === "fused" && state === "live" && !used.has(storage?.table.name),
  );
}

function readerOf(object: DeployedObject, staying: ReadonlySet<DeployedObject>): string {
  const reader = [...staying].find(
    (other) => other !== object && withUpstream([other], [object]).has(object),
  );
  if (reader === undefined) return "it is read";
  return `${objectOf(reader).replace(":", " ")} ${reader.dataHash.slice(0, 8)} reads it`;
}

/**
 * All triggers, downstream first, then all tables: a close never meets a trigger whose table is gone. What an object that stays
 * also uses is left alone.
 */
export function pruneSteps(drop: readonly DeployedObject[], staying: readonly DeployedObject[]): Step[] {
  const used = new Set(
    staying.flatMap((object) => [...object.tables, ...object.triggers].map(({ name }) => name)),
  );
  const downstreamFirst = [...drop].sort((a, b) => b.level - a.level);
  const steps = (kind: "drop_trigger" | "drop_table", of: "triggers" | "tables"): Step[] =>
    downstreamFirst.flatMap((object) =>
      object[of]
        .filter(({ name }) => !used.has(name))
        .map((gone) => ({
          name: `${kind} ${gone.database}.${gone.name}`,
          kind,
          object: objectOf(object),
          target: { database: gone.database, name: gone.name },
          buckets: undefined,
          ...(object.rowOf === undefined ? {} : { rows: object.rowOf }),
          sql: renderDrop(gone),
          reverse: undefined,
        })),
    );
  return [...steps("drop_trigger", "triggers"), ...steps("drop_table", "tables")];
}
