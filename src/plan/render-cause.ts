/** Why something changes, for people: what was written before and what is written now, one above the other. */
import type { Cause } from "./cause.js";
import { counted, spoken } from "./render-words.js";

/** More lines of one text than this are counted, not listed. */
const shownLines = 4;

export function causeLines({ kind, name, from, to }: Cause): string[] {
  const both = (label: string): string[] => [
    `      ${label}`,
    ...textLines("-", from),
    ...textLines("+", to),
  ];
  switch (kind) {
    case "expression":
      return both(`column ${name}:`);
    case "column_added":
      return both(`column ${name} is new:`);
    case "column_removed":
      return both(`column ${name} goes:`);
    case "column_renamed":
      return [`      column ${from} is renamed to ${name}`];
    case "renamed":
      return [`      ${from} is renamed to ${to}`];
    case "upstream":
      return [`      reads ${spoken(name)}, which changes: ${to}`];
    case "compiled":
      return ["      this version of the tool makes another statement of the same text"];
    case "unrecorded":
      return ["      its definition changed; the version that deployed it kept no texts to compare"];
    case "definition":
    case "metadata":
      if ([from, to].some((text) => text !== null && text.length > 40)) return both(`${name}:`);
      return [`      ${name}: ${from || "none"} → ${to || "none"}`];
  }
}

function textLines(mark: string, text: string | null): string[] {
  if (text === null) return [];
  const lines = text.split("\n").map((line) => line.trim());
  const kept = lines.filter((line) => line !== "");
  const more = kept.length - shownLines;
  return [
    ...kept.slice(0, shownLines).map((line) => `        ${mark} ${line}`),
    ...(more > 0 ? [`        ${mark} … ${counted(more, "more line")}`] : []),
  ];
}
