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
  const groups = new Map<string, ViewDraft[]>();
  for (const draft of drafts) {
    const key = storedIn(draft, context)?.name ?? newGroup(draft, context);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), draft]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const stored = first === undefined ? undefined : storedIn(first, context);
    if (stored !== undefined) return storedFusion(group, stored, context);
    return group.length > 1 ? newFusion(group, context) : [];
  });
}

/** The shared table that holds the version of a view. */
function storedIn({ view }: ViewDraft, { versions, deployed }: FusingContext): StoredVersion | undefined {
  const place = storedPlace(deployed, view, versionOf(versions, view.name).dataHash);
  if (place === undefined || place.columnPrefix === "") return undefined;
  return deployed.find(({ kind, storage }) => kind === "fused" && storage?.table.name === place.table.name);
}

/** Views that are built anew and may share a table have one key. */
function newGroup(draft: ViewDraft, { versions, deployed, pathOf }: FusingContext): string | undefined {
  const { view, usage } = draft;
  if (usage === undefined || !isFusible(draft)) return undefined;
  if (storedPlace(deployed, view, versionOf(versions, view.name).dataHash) !== undefined) return undefined;
  return `${usage.stream}/${pathOf(view.name)}`;
}

function newFusion(
  group: readonly ViewDraft[],
  { clock, database, versions, pathOf }: FusingContext,
): Fusion[] {
  const views = inOrder(group.map((draft) => ({ draft, columnPrefix: fusedPrefix(draft.view.name) })));
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
  const path = pathOf(first.draft.view.name);
  return [
    {
      name,
      storage: { table, columnPrefix: "" },
      stream,
      path,
      dataHash,
      definition,
      views,
      stored: undefined,
    },
  ];
}

function storedFusion(
  group: readonly ViewDraft[],
  stored: StoredVersion,
  { versions, pathOf, deployed }: FusingContext,
): Fusion[] {
  const definition = stored.definition as FusionDefinition;
  const views = inOrder(
    group.map((draft) => {
      const place = storedPlace(deployed, draft.view, versionOf(versions, draft.view.name).dataHash);
      return { draft, columnPrefix: place?.columnPrefix ?? "" };
    }),
  );
  const [first] = views;
  if (first === undefined || stored.storage === null) return [];
  const isWhole = Object.keys(definition.views).every((prefix) =>
    views.some(({ columnPrefix }) => columnPrefix === prefix),
  );
  const { name, storage, dataHash } = stored;
  const { stream } = definition;
  const path = pathOf(first.draft.view.name);
  return [{ name, storage, stream, path, dataHash, definition, views, stored: isWhole ? undefined : stored }];
}

function inOrder(views: readonly FusedView[]): FusedView[] {
  return [...views].sort((a, b) => (a.columnPrefix < b.columnPrefix ? -1 : 1));
}
