/** The words that findings on a file's shape are made of. */
import type { Schema } from "./schema-check.js";

const typeWords: Readonly<Record<string, string>> = {
  object: "a mapping (`key: value` lines)",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};

/** What a value of this schema is; for texts of a certain form, the form. */
export function expectedType(schema: Schema): string {
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (types.length === 1 && types[0] === "string" && schema.patternErrorMessage !== undefined) {
    return schema.patternErrorMessage;
  }
  return types.map((type) => typeWords[type] ?? type).join(" or ");
}

/** `For example \`key: value\`.`, from the schema's own example; undefined when it has none, and for items of lists. */
export function exampleHint(key: string, schema: Schema): string | undefined {
  const example = schema.examples?.[0] ?? schema.default;
  return example === undefined || /^\d*$/.test(key) ? undefined : `For example \`${key}: ${flow(example)}\`.`;
}

/** A value as YAML in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, entry]) => `${key}: ${flow(entry)}`);
    return `{ ${pairs.join(", ")} }`;
  }
  const isPlain = typeof value !== "string" || /^[\w./][\w ./()*+<>=-]*$/.test(value);
  return isPlain ? String(value) : JSON.stringify(value);
}

/** What was found, short. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? quote(value) : String(value);
}

/** The same for values that may be secret: their kind only. */
export function describeSecret(value: unknown): string {
  if (typeof value === "string") return "a text that is not shown";
  return typeof value === "object" ? describe(value) : `a ${typeof value} that is not shown`;
}

/** Text in quotes, in one line of at most 60 characters. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return `"${line.length > 60 ? `${line.slice(0, 57)}…` : line}"`;
}

/** Keys in backquotes. */
export function listKeys(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(", ");
}
