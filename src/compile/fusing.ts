/**
 * Which views share one wide table and one trigger. Planning a trigger costs some milliseconds at every insert, whatever it reads
 * (docs/adr/0023-plain-views-share-a-table.md), so views that merely aggregate one stream, on one path, are built together when one
 * revision builds several of them. What is stored already stays where it is: sharing is decided once, when a version is built.
 */
import type { Clock, StreamName } from "../spec/model.js";
import type { Definition, Path, Storage } from "./catalog.js";
import { dataFingerprint } from "./fingerprint.js";
import { type FusedView, isFusible } from "./fused-select.js";
import { fusedNames, fusedPrefix } from "./names.js";
import { type StoredVersion, storedPlace } from "./placement.js";
import { type ViewVersion, versionOf } from "./view-definition.js";
import type { ViewDraft } from "./view-draft.js";

/** Views in one table. */
export interface Fusion {
  readonly name: string;
  readonly storage: Storage;
  readonly stream: StreamName;
  readonly path: Path;
  readonly dataHash: string;
  readonly definition: FusionDefinition;
  /** The views of the specs that are in it, in the order of their columns. */
  readonly views: readonly FusedView[];
  /** Its record, where it also holds versions that no spec describes any more: they are computed on as they were. */
  readonly stored: StoredVersion | undefined;
}

export interface FusionDefinition extends Definition {
  readonly clock: string;
  readonly stream: StreamName;
  /** The data hash of each version in it, by what stands before its columns. */
  readonly views: Readonly<Record<string, string>>;
}

export interface FusingContext {
  readonly clock: Clock;
  readonly database: string;
  readonly versions: ReadonlyMap<string, ViewVersion>;
  readonly pathOf: (view: string) => Path;
  readonly deployed: readonly StoredVersion[];
}

/** Every table that holds several views, or did when it was built. */
export function fusionsOf(drafts: readonly ViewDraft[], context: FusingContext): Fusion[] {
  const { versions, pathOf, deployed } = context;
  const groups = new Map<
    string,
    { readonly stored: StoredVersion | undefined; readonly views: FusedView[] }
  >();
  for (const draft of drafts) {
    const { view, usage } = draft;
    const place = storedPlace(deployed, view, versionOf(versions, view.name).dataHash);
    const stored = place && sharedTable(place, deployed);
    const isNew = place === undefined && isFusible(draft);
    const key = stored?.name ?? (isNew ? `${usage?.stream}/${pathOf(view.name)}` : undefined);
    if (key === undefined) continue;
    const group = groups.get(key) ?? { stored, views: [] };
    group.views.push({ draft, columnPrefix: place?.columnPrefix ?? fusedPrefix(view.name) });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ stored, views }) => {
    const ordered = [...views].sort((a, b) => (a.columnPrefix < b.columnPrefix ? -1 : 1));
    if (stored !== undefined) return storedFusion(ordered, stored, context);
    return ordered.length > 1 ? newFusion(ordered, context) : [];
  });
}

function sharedTable(
  { table, columnPrefix }: Storage,
  deployed: readonly StoredVersion[],
): StoredVersion | undefined {
  if (columnPrefix === "") return undefined;
  return deployed.find(({ kind, storage }) => kind === "fused" && storage?.table.name === table.name);
}

function newFusion(
  views: readonly FusedView[],
  { clock, database, versions, pathOf }: FusingContext,
): Fusion[] {
  const [first] = views;
  const stream = first?.draft.usage?.stream;
  if (first === undefined || stream === undefined) return [];
  const definition: FusionDefinition = {
    clock: clock.name,
    stream,
    views: Object.fromEntries(
      views.map(({ draft, columnPrefix }) => [columnPrefix, versionOf(versions, draft.view.name).dataHash]),
    ),
  };
  const dataHash = dataFingerprint(definition);
  const { name, table } = fusedNames(database, clock.name, stream, dataHash);
  const storage = { table, columnPrefix: "" };
  const path = pathOf(first.draft.view.name);
  return [{ name, storage, stream, path, dataHash, definition, views, stored: undefined }];
}

function storedFusion(
  views: readonly FusedView[],
  stored: StoredVersion,
  { pathOf }: FusingContext,
): Fusion[] {
  const { name, storage, dataHash } = stored;
  const definition = stored.definition as FusionDefinition;
  const [first] = views;
  if (first === undefined || storage === null) return [];
  const prefixes = new Set(views.map(({ columnPrefix }) => columnPrefix));
  const isWhole = Object.keys(definition.views).every((prefix) => prefixes.has(prefix));
  const { stream } = definition;
  const path = pathOf(first.draft.view.name);
  return [{ name, storage, stream, path, dataHash, definition, views, stored: isWhole ? undefined : stored }];
}
