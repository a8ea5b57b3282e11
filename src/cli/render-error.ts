import type { FeatureError, Location } from "../errors.js";

function place(at: Location | undefined): string {
  if (at === undefined) return "";
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(":");
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** One block for people: code, object and place, what was found and expected, the way out; the stack with --debug. */
export function renderError(error: FeatureError, debug: boolean): string {
  const head = [`error ${error.code}`, error.object, place(error.at)].filter(Boolean).join("  ");
  const body = error.message.split("\n").map((line) => `  ${line}`);
  const lines = [head, ...body, `  hint: ${error.hint}`];
  if (debug)
    lines.push(
      ...stackOf(error)
        .split("\n")
        .map((line) => `  ${line}`),
    );
  return `${lines.join("\n")}\n`;
}
