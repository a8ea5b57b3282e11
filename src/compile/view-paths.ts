/** Which views are computed at once when a bucket is closed, and which may wait. */
import type { FeatureView, Project, VectorSpec } from "../spec/model.js";
import type { Definition, Path } from "./catalog.js";
import { missing } from "./feature-table.js";
import { dataFingerprint } from "./fingerprint.js";
import { type StoredVersion, staysHot } from "./placement.js";
import { viewDefinition } from "./view-definition.js";
import type { ViewDraft } from "./view-draft.js";

/** The views that vectors hold, and all that these read. */
export function neededViews(views: readonly FeatureView[], vectors: readonly VectorSpec[]): Set<string> {
  const byName = new Map(views.map((view) => [view.name, view]));
  const needed = new Set<string>();
  for (const { features } of vectors) for (const { view } of features) need(view, byName, needed);
  return needed;
}

function need(name: string, views: ReadonlyMap<string, FeatureView>, needed: Set<string>): void {
  if (needed.has(name)) return;
  needed.add(name);
  const from = views.get(name)?.from;
  if (from !== undefined && "views" in from) for (const upstream of from.views) need(upstream, views, needed);
}

/** The path of each view by name. `drafts` stand behind what they read. */
export function viewPaths(
  drafts: readonly ViewDraft[],
  clock: Definition,
  vectors: readonly VectorSpec[],
  deployed: readonly StoredVersion[],
  project: Project,
): (view: string) => Path {
  const views = drafts.map(({ view }) => view);
  const byName = new Map(views.map((view) => [view.name, view]));
  const hot = neededViews(views, vectors);
  const hashes = new Map<string, { readonly dataHash: string }>();
  for (const draft of drafts) {
    const { view } = draft;
    const upstream = ("views" in view.from ? view.from.views : []).map((name) => {
      const hash = hashes.get(name);
      if (hash === undefined) throw missing(`view ${name}`);
      return hash;
    });
    const dataHash = dataFingerprint(viewDefinition(draft, clock, upstream, project));
    hashes.set(view.name, { dataHash });
    if (staysHot(deployed, view, dataHash)) need(view.name, byName, hot);
  }
  return (view) => (hot.has(view) ? "hot" : "lazy");
}
