/** Reads the texts in which ClickHouse shows objects: `engine_full`, keys, `create_table_query`. All are in its normal form. */

const clauses = ["PARTITION BY", "PRIMARY KEY", "ORDER BY", "SAMPLE BY", "TTL", "SETTINGS"] as const;
type Clause = (typeof clauses)[number];

/** `engine_full` cut into the engine itself and its clauses. */
export function splitEngine(
  engineFull: string,
): { readonly engine: string } & Partial<Record<Clause, string>> {
  const parts: { engine: string } & Partial<Record<Clause, string>> = { engine: "" };
  let clause: Clause | "engine" = "engine";
  let from = 0;
  for (const at of topLevel(engineFull, " ")) {
    const next = clauses.find((name) => engineFull.startsWith(`${name} `, at + 1));
    if (next === undefined) continue;
    parts[clause] = engineFull.slice(from, at);
    clause = next;
    from = at + next.length + 2;
  }
  parts[clause] = engineFull.slice(from);
  return { ...parts, engine: unquote(parts.engine) };
}

/** A list's items, cut at commas outside of brackets and quotes. */
export function splitList(list: string): string[] {
  const items: string[] = [];
  let from = 0;
  for (const at of topLevel(list, ",")) {
    items.push(list.slice(from, at).trim());
    from = at + 1;
  }
  const last = list.slice(from).trim();
  return last === "" ? items : [...items, last];
}

/** `a = 1, b = 'x'` as values. */
export function parseSettings(list: string): Record<string, string | number> {
  return Object.fromEntries(
    splitList(list).map((item) => {
      const [name = "", ...rest] = item.split(" = ");
      const value = rest.join(" = ");
      return [unquote(name), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : unquote(value)];
    }),
  );
}

const identifier = "(`(?:\\\\.|[^`\\\\])*`|\\w+)";
const viewTarget = new RegExp(
  `^CREATE MATERIALIZED VIEW ${identifier}\\.${identifier}(?: UUID '[^']*')?(?: ON CLUSTER ${identifier})?` +
    `(?: REFRESH .*?)? TO ${identifier}\\.${identifier}`,
);

/** The table that a materialized view writes into; undefined when it keeps its rows itself. */
export function parseTarget(
  createQuery: string,
): { readonly database: string; readonly name: string } | undefined {
  const [, , , , database, name] = viewTarget.exec(createQuery) ?? [];
  return database === undefined || name === undefined
    ? undefined
    : { database: unquote(database), name: unquote(name) };
}

/** Places of a character outside of brackets and quotes. */
function* topLevel(text: string, wanted: string): Generator<number> {
  let depth = 0;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === "'" || character === "`" || character === '"') quote = character;
    else if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
    else if (depth === 0 && character === wanted) yield at;
  }
}

function unquote(text: string): string {
  const [, , inner] = /^([`'])(.*)\1$/s.exec(text) ?? [];
  return inner === undefined ? text : inner.replace(/\\(.)/gs, "$1");
}
