/** What is wrong with `renamed_from:` by the specs alone; what was deployed is only known when a plan is made. */
import { FeatureError, type Location } from "../errors.js";
import { pointerTo } from "./json-pointer.js";
import type { FeatureView } from "./model.js";

interface Renamed {
  readonly what: string;
  readonly name: string;
  readonly former: string | undefined;
  /** Looked up only for a finding: a file may have very many columns. */
  readonly at: () => Location;
}

/** `locate` gives the place of a JSON pointer in a view's file. */
export function renameFindings(
  views: readonly FeatureView[],
  locate: (view: FeatureView, pointer: string) => Location,
): FeatureError[] {
  return [
    ...findings(
      views.map((view) => ({
        what: "view",
        name: view.name,
        former: view.renamedFrom,
        at: () => locate(view, "/renamed_from"),
      })),
    ),
    ...views.flatMap((view) =>
      findings(
        view.columns.map((column) => ({
          what: `column of view ${view.name}`,
          name: column.name,
          former: column.renamedFrom,
          at: () => locate(view, pointerTo(pointerTo("/columns", column.name), "renamed_from")),
        })),
      ),
    ),
  ];
}

/** Among things of one kind that have different names. */
function findings(items: readonly Renamed[]): FeatureError[] {
  const names = new Set(items.map(({ name }) => name));
  const claimed = new Map<string, string>();
  return items.flatMap(({ what, name, former, at }) => {
    if (former === undefined) return [];
    const fail = (message: string, hint: string): FeatureError[] => [
      new FeatureError("FS_SPEC_RENAME", `${name} says \`renamed_from: ${former}\`, ${message}`, {
        at: at(),
        hint,
      }),
    ];
    if (former === name) return fail("which is its own name", "Write the former name, or take it out.");
    if (names.has(former))
      return fail(
        `but there still is a ${what} of that name`,
        "A name that is in use was not given up: take `renamed_from` out, or remove the other one.",
      );
    const other = claimed.get(former);
    if (other !== undefined)
      return fail(`and so does ${other}`, "One name can have become one other name only.");
    claimed.set(former, name);
    return [];
  });
}
