/**
 * SQL templates: `.sql` files that live in a `sql/` folder beside the code that uses them, with `{{slot}}` marks.
 * Slots take finished SQL (quoted names, compiled expressions), never values: values are bound parameters.
 */
import { readFileSync } from "node:fs";

export type Slots = Readonly<Record<string, string>>;

/**
 * Loads `./sql/<name>.sql` beside the module `moduleUrl` and returns its renderer. A slot that stands alone on its line
 * keeps the line's indentation for every line of its text. A missing or superfluous slot is a defect and throws.
 */
export function sqlTemplate(moduleUrl: string, name: string): (slots?: Slots) => string {
  const text = readFileSync(new URL(`./sql/${name}.sql`, moduleUrl), "utf8").trimEnd();
  const wanted = new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ""));
  return (slots = {}) => {
    for (const slot of Object.keys(slots)) {
      if (!wanted.has(slot)) throw new Error(`SQL template ${name} has no slot ${slot}`);
    }
    const value = (slot: string): string => {
      const found = slots[slot];
      if (found === undefined) throw new Error(`SQL template ${name} misses its slot ${slot}`);
      return found;
    };
    return text
      .replace(/^([ \t]*)\{\{(\w+)\}\}$/gm, (_, indent: string, slot: string) =>
        value(slot)
          .split("\n")
          .map((line) => (line === "" ? line : indent + line))
          .join("\n"),
      )
      .replace(/\{\{(\w+)\}\}/g, (_, slot: string) => value(slot));
  };
}
