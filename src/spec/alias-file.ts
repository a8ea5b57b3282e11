/** features/<name>.yaml with `alias_of:` → AliasSpec; whether views and columns exist is checked in references.ts. */
import { pointerTo } from "./json-pointer.js";
import type { AliasColumn, AliasSpec } from "./model.js";
import { checkViewName } from "./reserved-names.js";
import type { SpecReader } from "./spec-reader.js";
import { keyColumns } from "./stream-columns.js";

interface RawAlias {
  readonly view: string;
  readonly description?: string;
  readonly owner?: string;
  readonly clock: string;
  readonly alias_of: string | readonly string[];
  readonly columns: Readonly<Record<string, { sql: string; unit?: string; doc?: string }>>;
}

/** What an alias may say; everything else would have to be computed. */
const keys: ReadonlySet<string> = new Set(["view", "description", "owner", "clock", "alias_of", "columns"]);
const columnKeys: ReadonlySet<string> = new Set(["sql", "unit", "doc"]);

export function isAlias(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.hasOwn(data, "alias_of");
}

export function readAliasFile(reader: SpecReader): AliasSpec {
  const raw = reader.file.data as RawAlias;
  for (const key of Object.keys(raw).filter((name) => !keys.has(name))) {
    const message = `\`${key}:\` computes something, and an alias (\`alias_of:\`) only shows columns of other views`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.keyAt(`/${key}`),
      "Write `from:` in place of `alias_of:`.",
    );
  }
  checkViewName(reader, raw.view);
  const views = typeof raw.alias_of === "string" ? [raw.alias_of] : raw.alias_of;
  return {
    kind: "alias",
    name: raw.view,
    description: raw.description ?? "",
    owner: raw.owner ?? "",
    clock: raw.clock,
    views,
    columns: Object.entries(raw.columns).flatMap(([name, column]) => {
      const read = readColumn(reader, views, name, column);
      return read === undefined ? [] : [read];
    }),
    at: reader.file.keyAt("/view"),
  };
}

function readColumn(
  reader: SpecReader,
  views: readonly string[],
  name: string,
  raw: RawAlias["columns"][string],
): AliasColumn | undefined {
  const pointer = pointerTo("/columns", name);
  for (const key of Object.keys(raw).filter((one) => !columnKeys.has(one))) {
    const message = `\`${key}:\` of ${name} is about computing it, and an alias computes nothing`;
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(pointerTo(pointer, key)), "Remove the key.");
  }
  const at = reader.file.at(pointerTo(pointer, "sql"));
  const [first = ""] = views;
  const [, view, column] = /^(?:([a-z0-9_]+)\.)?([a-z0-9_]+)$/.exec(raw.sql.trim()) ?? [];
  if (column === undefined || (view === undefined && views.length > 1)) {
    const message = `column ${name} of an alias is no column of another view: ${raw.sql}`;
    const hint = `Write one column, for example \`${first}.some_column\`; what is to be computed needs a view with \`from:\`.`;
    reader.add("FS_SPEC_VALUE", message, at, hint);
    return undefined;
  }
  if ((keyColumns as readonly string[]).includes(name)) {
    const message = `column ${name} bears the name of a column of the bucket, which every view shows`;
    reader.add("FS_SPEC_SHADOWS", message, reader.file.keyAt(pointer));
  }
  if (view !== undefined && !views.includes(view)) {
    const message = `column ${name} is of view ${view}, which \`alias_of\` does not name`;
    reader.add("FS_SPEC_UNKNOWN_REFERENCE", message, at, `Add ${view} to \`alias_of\`.`);
  }
  return {
    name,
    view: view ?? first,
    column,
    unit: raw.unit,
    doc: raw.doc,
    at: reader.file.keyAt(pointer),
  };
}
