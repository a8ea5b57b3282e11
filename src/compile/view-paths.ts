/** Which views are computed at once when a bucket is closed, and which may wait. */
import type { FeatureView, VectorSpec } from "../spec/model.js";
import type { Path } from "./catalog.js";
import { type StoredVersion, staysHot, storedPlace } from "./placement.js";
import { type ViewVersion, versionOf } from "./view-definition.js";

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

/** The path of each view by name. */
export function viewPaths(
  views: readonly FeatureView[],
  versions: ReadonlyMap<string, ViewVersion>,
  vectors: readonly VectorSpec[],
  deployed: readonly StoredVersion[],
): (view: string) => Path {
  const byName = new Map(views.map((view) => [view.name, view]));
  const hot = neededViews(views, vectors);
  for (const view of views) {
    if (staysHot(deployed, view, versionOf(versions, view.name).dataHash)) need(view.name, byName, hot);
  }
  // Views in one table have one trigger. They read no others, so that nothing follows them.
  const tableOf = ({ name, ...view }: FeatureView): string | undefined =>
    storedPlace(
      deployed,
      { name, kind: "view", renamedFrom: view.renamedFrom },
      versionOf(versions, name).dataHash,
    )?.table.name;
  const hotTables = new Set(views.filter(({ name }) => hot.has(name)).map(tableOf));
  hotTables.delete(undefined);
  for (const view of views) if (hotTables.has(tableOf(view))) hot.add(view.name);
  return (view) => (hot.has(view) ? "hot" : "lazy");
}
