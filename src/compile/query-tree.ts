/** The engine's resolved query tree (`EXPLAIN QUERY TREE`) as values. Every name in it is resolved, every alias replaced. */

export interface TreeNode {
  /** QUERY, FUNCTION, COLUMN, CONSTANT, WINDOW, SORT, TABLE, LIST, …; for a section its title: PROJECTION, WHERE, … */
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TreeNode[];
}

interface OpenNode extends TreeNode {
  readonly children: TreeNode[];
}

/** @param lines of the answer, indented by two spaces a level */
export function parseQueryTree(lines: readonly string[]): TreeNode {
  const root: OpenNode = { kind: "ROOT", attributes: {}, children: [] };
  const open: OpenNode[] = [root];
  for (const line of lines) {
    const depth = (line.length - line.trimStart().length) / 2 + 1;
    const node = parseLine(line.trim());
    open.length = Math.min(open.length, depth);
    open.at(-1)?.children.push(node);
    open.push(node);
  }
  return root;
}

function parseLine(text: string): OpenNode {
  const [, kind = text, rest] = /^([A-Z]+) (id: \d+(?:, .*)?)$/.exec(text) ?? [];
  const attributes: Record<string, string> = {};
  // Values may hold commas (types, texts): a key is what stands before a colon after ", ".
  for (const part of (rest ?? "").split(/, (?=[a-z_]+: )/)) {
    const colon = part.indexOf(": ");
    if (colon > 0) attributes[part.slice(0, colon)] = part.slice(colon + 2);
  }
  return { kind, attributes, children: [] };
}

/** The node and everything below it. */
export function* nodesOf(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

/** A section of a node: `PROJECTION`, `WINDOW`, `ORDER BY`, … */
export function section(node: TreeNode, title: string): TreeNode | undefined {
  return node.children.find(({ kind }) => kind === title);
}

/** A column of one SELECT of the tree, by the name that it gives it. */
export interface Projection {
  readonly name: string;
  readonly expression: TreeNode;
}

/** The columns of the SELECT and of those that it reads FROM, from the outermost inward; `WHERE`s under that name. */
export function projections(tree: TreeNode): Projection[] {
  const query = queryOf(tree);
  if (query === undefined) return [];
  const where = section(query, "WHERE");
  const below = section(query, "JOIN TREE")?.children.flatMap(projections) ?? [];
  return [
    ...ownProjections(query),
    ...(where === undefined ? [] : [{ name: "WHERE", expression: where }]),
    ...below,
  ];
}

/** Which columns of tables each column of the outermost SELECT is made of, through all SELECTs between; sorted. */
export function columnLineage(tree: TreeNode): Readonly<Record<string, readonly string[]>> {
  const queries = new Map<string, TreeNode>();
  for (const node of nodesOf(tree)) if (node.kind === "QUERY") queries.set(node.attributes.id ?? "", node);
  const resolve = (expression: TreeNode): string[] =>
    [...nodesOf(expression)].flatMap((node) => {
      if (node.kind !== "COLUMN") return [];
      const { column_name: name = "", source_id: source = "" } = node.attributes;
      const query = queries.get(source);
      if (query === undefined) return [name];
      return ownProjections(query)
        .filter((column) => column.name === name)
        .flatMap(({ expression: deeper }) => resolve(deeper));
    });
  const query = queryOf(tree);
  const columns = query === undefined ? [] : ownProjections(query);
  return Object.fromEntries(
    columns.map(({ name, expression }) => [name, [...new Set(resolve(expression))].sort()]),
  );
}

/** The types of the columns of the outermost SELECT, in order. */
export function columnTypes(tree: TreeNode): string[] {
  const query = queryOf(tree);
  const lines = query === undefined ? [] : (section(query, "PROJECTION COLUMNS")?.children ?? []);
  return lines.map(({ kind }) =>
    kind.slice(kind.indexOf(" ", kind.startsWith("`") ? kind.indexOf("`", 1) : 0) + 1),
  );
}

function queryOf(tree: TreeNode): TreeNode | undefined {
  return tree.kind === "QUERY" ? tree : tree.children.find(({ kind }) => kind === "QUERY");
}

function ownProjections(query: TreeNode): Projection[] {
  const names = section(query, "PROJECTION COLUMNS")?.children.map(({ kind }) => columnName(kind)) ?? [];
  const list = section(query, "PROJECTION")?.children[0]?.children ?? [];
  return list.map((expression, index) => ({ name: names[index] ?? "", expression }));
}

/** Of `name type`; the name stands between backticks where it has to. */
function columnName(line: string): string {
  return line.startsWith("`") ? line.slice(1, line.indexOf("`", 1)) : (line.split(" ", 1)[0] ?? line);
}
