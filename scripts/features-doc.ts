/**
 * Writes docs/features/, one page a stock view and a list of them, from the YAML of features/ and what it compiles into:
 *
 *     npx tsx scripts/features-doc.ts
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Catalog, CompiledObject } from "../src/compile/catalog.js";
import { compileProject } from "../src/compile/compile-project.js";
import { printTokens, tokenize } from "../src/compile/expression/tokens.js";
import type { AliasSpec, FeatureColumn, FeatureView, ProjectSpecs, Window } from "../src/spec/model.js";
import { parseProject } from "../src/spec/parse-project.js";
import type { Lookup } from "../src/spec/stream-rows.js";

const root = fileURLToPath(new URL("..", import.meta.url));
export const featuresDocFolder = join(root, "docs", "features");
export const regenerateCommand = "npx tsx scripts/features-doc.ts";
/** Written by hand; the script leaves them alone. */
const ownPages = new Set(["differences.md"]);

const mark = `<!-- Written by scripts/features-doc.ts from features/. Do not edit: change the YAML, then run \`${regenerateCommand}\`. -->`;

/** Every page's text by file name. */
export function renderFeaturesDoc(): Record<string, string> {
  const specs = stockProject();
  const catalog = compileProject(specs);
  const views = [...specs.views].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    "README.md": index(views, specs.aliases, catalog),
    ...Object.fromEntries(views.map((view) => [`${view.name}.md`, page(view, specs, catalog)])),
    ...Object.fromEntries(specs.aliases.map((alias) => [`${alias.name}.md`, aliasPage(alias, catalog)])),
  };
}

function stockProject(): ProjectSpecs {
  const files = ["features.yaml", ...["features", "features/vectors", "features/labels"].flatMap(yamlFiles)];
  return parseProject(
    files.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
    {},
    "/project",
  );
}

function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function index(views: readonly FeatureView[], aliases: readonly AliasSpec[], catalog: Catalog): string {
  const rows = views.map((view) => {
    const { level } = compiled(view, catalog);
    return `| [${view.name}](${view.name}.md) | ${level} | ${reads(view).join(", ")} | ${cell(view.description)} |`;
  });
  return `# Stock features

${mark}

One page a feature view: what each column means, in which unit, when it is NULL, what it is computed from, and the SQL.
Undefined is NULL in every one of them, never 0, infinity or an epsilon. [differences.md](differences.md) says where they
differ from the documents that the project started from, and why.

Level 0 is computed when a bucket closes, each higher level from the ones below.

| view | level | reads | what it measures |
|---|---|---|---|
${rows.join("\n")}

Other names of the same columns, which store nothing:

| alias | of | what it shows |
|---|---|---|
${aliases.map((alias) => `| [${alias.name}](${alias.name}.md) | ${alias.views.join(", ")} | ${cell(alias.description)} |`).join("\n")}
`;
}

function aliasPage(alias: AliasSpec, catalog: Catalog): string {
  const object = compiled(alias, catalog);
  const parts = [
    `# ${alias.name}`,
    mark,
    `${alias.description}.`,
    [
      `- alias of: ${alias.views.map((name) => `[${name}](${name}.md)`).join(", ")}`,
      "- a plain view: nothing is stored, and nothing is computed when a bucket closes",
    ].join("\n"),
    "## Columns",
    [
      "| column | unit | meaning, NULL rules, source | is |",
      "|---|---|---|---|",
      ...object.columns.map(
        ({ name, unit, doc, sql }) =>
          `| \`${name}\` | ${cell(unit ?? "")} | ${cell(doc ?? "")} | \`${sql}\` |`,
      ),
    ].join("\n"),
    "## SQL",
    ["```sql", object.alias?.select ?? "", "```"].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function page(view: FeatureView, specs: ProjectSpecs, catalog: Catalog): string {
  const object = compiled(view, catalog);
  const readers = [
    ...specs.views
      .filter((other) => reads(other).includes(view.name))
      .map(({ name }) => `[${name}](${name}.md)`),
    ...specs.aliases
      .filter(({ views }) => views.includes(view.name))
      .map(({ name }) => `[${name}](${name}.md)`),
    ...specs.vectors
      .filter((vector) => vector.features.some((feature) => feature.view === view.name))
      .map(({ name }) => `vector ${name}`),
  ];
  const expected = view.expect.map(
    ({ column, notNull, nullShareMax, min, max }) =>
      `- \`${column}\`: ${[
        notNull ? "never NULL" : "",
        nullShareMax === undefined ? "" : `NULL in at most ${nullShareMax * 100} % of the rows`,
        min === undefined ? "" : `at least ${min}`,
        max === undefined ? "" : `at most ${max}`,
      ]
        .filter((text) => text !== "")
        .join(", ")}`,
  );
  const parts = [
    `# ${view.name}`,
    mark,
    `${view.description}.`,
    facts(view, object, readers),
    "## Columns",
    [
      "| column | unit | meaning, NULL rules, source | from |",
      "|---|---|---|---|",
      ...view.columns.map((column) => columnRow(column, view, specs)),
    ].join("\n"),
    ...(view.columns.some((column) => !column.feature)
      ? ["\\* A helper: stored, but no vector may name it."]
      : []),
    ...(expected.length === 0 ? [] : ["## Expected", expected.join("\n")]),
    "## Formulas",
    ...settings(view),
    ["```sql", ...formulas(view), "```"].join("\n"),
    "## SQL",
    "What fills a new version from stored buckets. When a bucket closes, the same text reads the trigger's block in place of `buckets`.",
    ["```sql", object.backfill ?? "", "```"].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function facts(view: FeatureView, object: CompiledObject, readers: readonly string[]): string {
  const upstream = reads(view).map((name) => (isView(view) ? `[${name}](${name}.md)` : name));
  const { buckets, ms } = object.reach;
  const reach = [
    ...(buckets > 0 ? [`${buckets} buckets`] : []),
    ...(ms > 0 ? [`${ms / 1000} s before the bucket's end`] : []),
  ];
  return [
    `- reads: ${upstream.join(", ")}`,
    `- read by: ${readers.length === 0 ? "nothing here" : readers.join(", ")}`,
    `- level: ${object.level}`,
    `- look-back: ${reach.length === 0 ? "none" : reach.join(" and ")}; with what it reads, ${object.lookBack} buckets`,
    `- a row for ${object.everyBucket ? "every bucket" : "buckets that have something to read"}`,
    ...(view.owner === "" ? [] : [`- owner: ${view.owner}`]),
  ].join("\n");
}

function columnRow(column: FeatureColumn, view: FeatureView, specs: ProjectSpecs): string {
  const name = `\`${column.name}\`${column.feature ? "" : " \\*"}`;
  return `| ${name} | ${cell(column.unit ?? "")} | ${cell(column.doc ?? "")} | ${lineage(column.sql, view, specs).join(", ")} |`;
}

/** Columns of the view itself, of its stream or of views below that an expression names, helpers looked through. */
function lineage(
  sql: string,
  view: FeatureView,
  specs: ProjectSpecs,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  const own = new Map(
    [
      ...view.columns,
      ...view.lets,
      ...(view.overBy?.bins ?? []),
      ...view.rows.steps.flatMap(({ columns }) => columns),
    ].map(({ name, sql: text }) => [name, text]),
  );
  const upstream = new Map(
    specs.views
      .filter(({ name }) => isView(view) && reads(view).includes(name))
      .map(({ name, columns }) => [name, new Set(columns.map((column) => column.name))]),
  );
  const found = new Set<string>();
  const tokens = tokenize(sql);
  tokens.forEach((token, at) => {
    if (token.kind !== "name") return;
    const qualified = upstream.get(token.text);
    const member = tokens[at + 2]?.text;
    if (qualified !== undefined && member !== undefined && qualified.has(member)) {
      found.add(`\`${token.text}.${member}\``);
      return;
    }
    const text = own.get(token.text);
    if (text !== undefined && !seen.has(token.text)) {
      for (const item of lineage(text, view, specs, new Set([...seen, token.text]))) found.add(item);
      return;
    }
    for (const [name, columns] of upstream)
      if (upstream.size === 1 && columns.has(token.text)) found.add(`\`${name}.${token.text}\``);
    if (!isView(view) && streamWords.has(token.text)) found.add(`\`${token.text}\``);
  });
  return [...found];
}

const streamWords = new Set(
  "price quantity quote side timestamp price_ticks mid bid_px bid_qty ask_px ask_qty bucket_ts_start bucket_ts_end".split(
    " ",
  ),
);

function formulas(view: FeatureView): string[] {
  const { rows } = view;
  const steps = [
    ...(view.overBy?.bins ?? []),
    ...(rows.where === undefined ? [] : [rows.where]),
    ...rows.steps.flatMap(({ where, columns }) => (where === undefined ? columns : [where, ...columns])),
    ...rows.by.map((bin) => ({ ...bin, name: `by ${bin.name}` })),
  ];
  const states = (view.scan?.states ?? []).map(({ name, next }) => ({ name: `next ${name}`, sql: next }));
  return [...steps, ...states, ...view.lets, ...view.columns].map(
    ({ name, sql }) => `${name}${name === "where" ? ":" : " ="} ${printTokens(tokenize(sql))}`,
  );
}

/** Parameters, windows and what is done with a stream's rows, as a list. */
function settings(view: FeatureView): string[] {
  const { rows, time } = view;
  const lines = [
    ...Object.entries(view.params).map(([name, value]) => `- \`${name}\`: ${value}`),
    ...(rows.valid ? ["- snapshots stand from `from_ms` to `to_ms`"] : []),
    ...(rows.gridMs === undefined ? [] : [`- the book at every whole ${rows.gridMs} ms (UTC)`]),
    ...(view.delayMs === 0
      ? []
      : [
          `- known with the first bucket that ends ${view.delayMs / 1000} s after this one, and joined by others as of then`,
        ]),
    ...(view.fit === undefined
      ? []
      : [`- \`${view.fit}\`: what the job fitted, as known when the bucket was`]),
    ...(view.overBy === undefined
      ? []
      : [`- the bins of \`${view.overBy.view}\` over ${view.overBy.buckets} buckets`]),
    ...rows.lookups.map(lookupText),
    ...(time?.windows ?? []).map(
      ({ name, ms }) => `- \`${name}\`: the last ${ms / 1000} s before the bucket's end`,
    ),
    ...view.windows.map(windowText),
  ];
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function lookupText({ name, source, strict, of, afterMs }: Lookup): string {
  const later = afterMs === 0 ? "" : `${afterMs / 1000} s after `;
  const moment = of === "bucket" ? "the bucket's end" : "the row";
  const how = strict || of === "bucket" ? "strictly before" : "at or before";
  return `- \`${name}\`: the last row of ${source} ${how} ${later === "" ? moment : `${later}${moment}`}`;
}

function windowText({ name, kind, length, min, current }: Window): string {
  const span =
    kind === "buckets"
      ? `the ${current ? "last" : "previous"} ${length} buckets`
      : kind === "seconds"
        ? `buckets that end in the last ${length} s`
        : "buckets since 00:00 UTC";
  const counted = current ? "" : ", the current one left out";
  return `- \`${name}\`: ${span}${counted}; NULL with fewer than ${min}`;
}

function isView({ from, asOf }: FeatureView): boolean {
  return "views" in from && asOf === undefined;
}

function reads({ from, asOf }: FeatureView): readonly string[] {
  if (asOf !== undefined) return [asOf.source];
  return "views" in from ? from.views : [from.stream];
}

function compiled(view: FeatureView | AliasSpec, catalog: Catalog): CompiledObject {
  const object = catalog.objects.find(({ kind, name }) => kind === "view" && name === view.name);
  if (object === undefined) throw new Error(`no view ${view.name}`);
  return object;
}

/** One line of a table: no bar may end the cell, and `<…>` would be taken for markup. */
function cell(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll("*", "\\*");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const pages = renderFeaturesDoc();
  for (const name of readdirSync(featuresDocFolder)) {
    if (!ownPages.has(name)) rmSync(join(featuresDocFolder, name));
  }
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(featuresDocFolder, name), text);
}
