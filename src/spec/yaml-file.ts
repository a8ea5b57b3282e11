/** A YAML text as plain values, with the place of each of them, so that every finding can name file, line and column. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair } from "yaml";
import { FeatureError, type Location } from "../errors.js";
import { pointerTo } from "./json-pointer.js";
import { parseYaml, type Report, reportSyntax } from "./yaml-syntax.js";

/** A file of the project: its path relative to the project's folder, with `/`, and what it holds. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface YamlFile {
  readonly path: string;
  /** Objects, arrays, strings, numbers, booleans and null; undefined when the text could not be read at all. */
  readonly data: unknown;
  /** What is wrong with the text itself. */
  readonly findings: readonly FeatureError[];
  /** Place of the value at a JSON pointer (`/columns/vwap/sql`), or of the nearest value around it. */
  at(pointer: string): Location;
  /** Place of the key that holds the value at this pointer. */
  keyAt(pointer: string): Location;
  /** The scalar as it was written (`0.00001`, not 1e-5); undefined where the value is no scalar. */
  textAt(pointer: string): string | undefined;
}

/** Limits that no honest file comes near: aliases of aliases could otherwise stand for billions of values. */
const maxCharacters = 1_000_000;
const maxValues = 100_000;
const maxDepth = 40;

interface Place {
  readonly value: number;
  readonly key: number | undefined;
  readonly text: string | undefined;
}

/** Reads one YAML 1.2 document (core schema, no merge keys, no tags). It never throws on wrong text: see `findings`. */
export function readYaml(file: SourceFile): YamlFile {
  const lines = new LineCounter();
  const places = new Map<string, Place>();
  const findings: FeatureError[] = [];
  const locate = (offset: number | undefined): Location => {
    if (offset === undefined) return { file: file.path };
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { file: file.path } : { file: file.path, line, column: col };
  };
  const report = (message: string, offset: number | undefined, hint?: string): void => {
    findings.push(
      new FeatureError("FS_SPEC_YAML", message, {
        at: locate(offset),
        ...(hint === undefined ? {} : { hint }),
      }),
    );
  };
  const nearest = (pointer: string): Place | undefined => {
    for (let rest = pointer; ; rest = rest.slice(0, rest.lastIndexOf("/"))) {
      const place = places.get(rest);
      if (place !== undefined || rest === "") return place;
    }
  };

  let data: unknown;
  if (file.text.length > maxCharacters) {
    report(`the file has ${file.text.length} characters; at most ${maxCharacters} are read`, undefined);
  } else {
    const document = parseYaml(file.text, lines);
    if (document === undefined) {
      report(`the file nests deeper than ${maxDepth} levels`, undefined);
    } else {
      reportSyntax(document, lines, report);
      if (findings.length === 0) data = new Reader(document, places, report, locate, findings).read();
    }
  }
  return {
    path: file.path,
    data,
    findings,
    at: (pointer) => locate(nearest(pointer)?.value),
    keyAt: (pointer) => {
      const place = nearest(pointer);
      return locate(place?.key ?? place?.value);
    },
    textAt: (pointer) => places.get(pointer)?.text,
  };
}

/** Walks the document once: values, places and duplicate keys. */
class Reader {
  readonly #document: Document;
  readonly #places: Map<string, Place>;
  readonly #report: Report;
  readonly #locate: (offset: number | undefined) => Location;
  readonly #findings: FeatureError[];
  #values = 0;
  #failed = false;

  constructor(
    document: Document,
    places: Map<string, Place>,
    report: Report,
    locate: (offset: number | undefined) => Location,
    findings: FeatureError[],
  ) {
    this.#document = document;
    this.#places = places;
    this.#report = report;
    this.#locate = locate;
    this.#findings = findings;
  }

  read(): unknown {
    const data = this.#value(this.#document.contents, "", undefined, 0);
    return this.#failed ? undefined : data;
  }

  #value(node: Node | null, pointer: string, key: Node | undefined, depth: number): unknown {
    const keyOffset = key?.range?.[0];
    const offset = node?.range?.[0] ?? keyOffset ?? 0;
    if (this.#failed) return undefined;
    this.#values += 1;
    if (depth > maxDepth || this.#values > maxValues) {
      this.#failed = true;
      const limit =
        depth > maxDepth
          ? `nests deeper than ${maxDepth} levels`
          : `stands for more than ${maxValues} values`;
      this.#report(`the file ${limit}`, offset, "Write the values out instead of using aliases (*name).");
      return undefined;
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) {
        this.#failed = true;
        this.#report(
          `an alias (*${node.source}) stands for an anchor (&${node.source}) that is not written above it`,
          offset,
        );
      }
      // An alias inside of its own anchor resolves to what is being read: the limit of depth ends it.
      const data = this.#value(target ?? null, pointer, key, depth + 1);
      const text = this.#places.get(pointer)?.text;
      this.#places.set(pointer, { value: offset, key: keyOffset, text });
      return data;
    }
    const text = isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    this.#places.set(pointer, { value: offset, key: keyOffset, text });
    if (isScalar(node)) return node.value;
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        this.#value(item as Node, pointerTo(pointer, index), undefined, depth + 1),
      );
    }
    if (isMap(node)) return this.#mapping(node.items as Pair<Node, Node | null>[], pointer, depth);
    return null;
  }

  #mapping(pairs: readonly Pair<Node, Node | null>[], pointer: string, depth: number): object {
    const result: Record<string, unknown> = {};
    const keys = new Map<string, Node>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : "";
      const first = keys.get(name);
      if (first !== undefined) {
        const { line } = this.#locate(first.range?.[0]);
        const at = this.#locate(key.range?.[0]);
        const message = `the key \`${name}\` is written twice: here and in line ${line}`;
        this.#findings.push(new FeatureError("FS_SPEC_DUPLICATE", message, { at }));
        continue;
      }
      keys.set(name, key);
      // defineProperty, because an assignment to a key named __proto__ would change the object's nature.
      Object.defineProperty(result, name, {
        value: this.#value(value, pointerTo(pointer, name), key, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  }
}
