/** Which views are computed at once when a bucket is closed, and which may wait. */
import type { Project, VectorSpec } from "../spec/model.js";
import type { Definition, Path } from "./catalog.js";
import { missing } from "./feature-table.js";
import { dataFingerprint } from "./fingerprint.js";
import { type StoredVersion, staysHot } from "./placement.js";
import { viewDefinition } from "./view-definition.js";
import type { ViewDraft } from "./view-draft.js";

/** The path of each view by name. `drafts` stand behind what they read. */
export function viewPaths(
  drafts: readonly ViewDraft[],
  clock: Definition,
  vectors: readonly VectorSpec[],
  deployed: readonly StoredVersion[],
  project: Project,
): (view: string) => Path {
  const hot = new Set<string>();
  const byName = new Map(drafts.map((draft) => [draft.view.name, draft]));
  const heat = (name: string): void => {
    if (hot.has(name)) return;
    hot.add(name);
    const from = byName.get(name)?.view.from;
    if (from !== undefined && "views" in from) from.views.forEach(heat);
  };
  for (const { features } of vectors) for (const { view } of features) heat(view);
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
    if (staysHot(deployed, view, dataHash)) heat(view.name);
  }
  return (view) => (hot.has(view) ? "hot" : "lazy");
}
