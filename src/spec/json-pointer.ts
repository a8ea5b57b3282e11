/** JSON pointers (`/columns/vwap/sql`): how places inside of a file are named. */

/** One step down. */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The steps of a pointer, from the root. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The last step of a pointer; empty for the root. */
export function lastStep(pointer: string): string {
  return stepsOf(pointer).at(-1) ?? "";
}

/** `/features/2/on_null` as `features[2].on_null`. */
export function readablePath(pointer: string): string {
  return stepsOf(pointer)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}
