import { isMap, isSeq, parseDocument } from "yaml";

/** A place in a YAML document, and what shall stand there; undefined takes it away. */
export interface YamlEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The text with some values changed. Comments and the order of keys stay; new keys come last. */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const document = parseDocument(text);
  for (const { path, value } of edits) {
    if (value === undefined) {
      document.deleteIn(path);
      continue;
    }
    const node: unknown = document.createNode(value);
    // A list is one line, and so is a mapping without lists, as people write them.
    if (isSeq(node)) node.flow = true;
    if (isMap(node)) {
      const lists = node.items.map((item) => item.value).filter((inner) => isSeq(inner));
      node.flow = lists.length === 0;
      for (const list of lists) list.flow = true;
    }
    document.setIn(path, node);
  }
  return document.toString({ lineWidth: 0 });
}
