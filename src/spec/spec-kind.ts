/** Which folder holds which kind of object. One object a file, named after the object. */

export const specKinds = ["project", "view", "vector", "label", "csv", "job", "model"] as const;
export type SpecKind = (typeof specKinds)[number];

/** The folders of a project that hold spec files, the deeper ones first. */
export const specFolders: readonly (readonly [folder: string, kind: SpecKind])[] = [
  ["features/vectors", "vector"],
  ["features/labels", "label"],
  ["features", "view"],
  ["sources", "csv"],
  ["jobs", "job"],
  ["models", "model"],
];

export const projectFileName = "features.yaml";

/** What a file of this path (relative to the project, with `/`) describes; undefined when it has no place in a project. */
export function specKindOf(path: string): SpecKind | undefined {
  if (path === projectFileName) return "project";
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, Math.max(slash, 0));
  return specFolders.find(([known]) => known === folder)?.[1];
}

/** The name that the object in this file must have: the file's name without its extension. */
export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
}
