/** What one file says about others: clocks, views, columns, circles. */
import { type ErrorCode, FeatureError, type Location } from "../errors.js";
import { pointerTo } from "./json-pointer.js";
import type { AliasSpec, FeatureView, LabelSpec, VectorFeature, VectorSpec } from "./model.js";
import { hasBins } from "./model.js";
import { inputColumns, rowNames } from "./readable-columns.js";
import { renameFindings } from "./rename-findings.js";
import { hiddenColumns, keyColumns } from "./stream-columns.js";
import { didYouMean } from "./suggest.js";

/** As upstream of a view, these have findings of their own where they do not belong. */
const streamNames: readonly string[] = ["trades", "books", "events"];

export interface ReferenceScope {
  /** Undefined when features.yaml could not be read: then clocks are not checked. */
  readonly clocks: readonly string[] | undefined;
  readonly views: readonly FeatureView[];
  readonly aliases: readonly AliasSpec[];
  readonly vectors: readonly VectorSpec[];
  readonly labels: readonly LabelSpec[];
  /** Views whose files have findings of their own: they exist, but nothing more is known of them. */
  readonly unreadViews: ReadonlySet<string>;
  /** Place of the value at a JSON pointer in the object's file. */
  readonly locate: (object: FeatureView | AliasSpec | VectorSpec | LabelSpec, pointer: string) => Location;
}

/** All findings on references between files. */
export function checkReferences(scope: ReferenceScope): FeatureError[] {
  const checker = new ReferenceChecker(scope);
  for (const view of scope.views) checker.view(view);
  for (const alias of scope.aliases) checker.alias(alias);
  for (const vector of scope.vectors) checker.vector(vector);
  for (const label of scope.labels) checker.label(label);
  checker.cycles();
  checker.findings.push(...renameFindings(scope.views, scope.locate));
  return checker.findings;
}

class ReferenceChecker {
  readonly findings: FeatureError[] = [];
  readonly #scope: ReferenceScope;
  readonly #views: ReadonlyMap<string, FeatureView>;

  constructor(scope: ReferenceScope) {
    this.#scope = scope;
    this.#views = new Map(scope.views.map((view) => [view.name, view]));
  }

  view(view: FeatureView): void {
    this.#ownNames(view);
    // A view of rows has no clock, and reads no view.
    if (view.row !== undefined) return;
    this.#clock(`view ${view.name}`, view);
    if ("stream" in view.from) return;
    const { views } = view.from;
    const taken = new Map<string, string>(
      [...keyColumns, ...hiddenColumns].map((name) => [name, "the bucket's own row"]),
    );
    for (const [place, name] of views.entries()) {
      // The view with the bins stands first, and not under `from`.
      const index = view.overBy === undefined ? place : place - 1;
      const at = this.#scope.locate(view, index < 0 ? "/over_by/view" : `/from/${index}`);
      const upstream = this.#find(`view ${view.name}`, name, at, streamNames);
      // A view that reads itself is a circle, found below.
      if (upstream === undefined || upstream === view) continue;
      if (this.#clocksDiffer(upstream, view)) {
        const message = `view ${view.name} is of clock ${view.clock}, but reads ${name}, which is of clock ${upstream.clock}`;
        this.#add("FS_SPEC_CLOCK_MISMATCH", message, at);
      }
      const isOverBins = name === view.overBy?.view;
      if (isOverBins && !hasBins(upstream)) {
        const message = `view ${view.name} goes over the bins of ${name}, which has none`;
        this.#add(
          "FS_SPEC_VALUE",
          message,
          this.#scope.locate(view, "/over_by/view"),
          "Name a view with `by:`.",
        );
      } else if (view.overBy !== undefined && !isOverBins && hasBins(upstream)) {
        const message = `view ${view.name} reads ${name}, which has a row for each bin (\`by:\`)`;
        this.#add("FS_SPEC_VALUE", message, at, "A view over views needs one row for each bucket.");
      }
      if (upstream.delayMs > 0 && view.windows.length > 0) {
        const message = `view ${view.name} has windows, but reads ${name}, which is known later than its buckets (\`delay:\`)`;
        const hint =
          "Hand its columns on in a view without windows, and put the windows into a view over that.";
        this.#add("FS_SPEC_WINDOW", message, at, hint);
      }
      for (const column of upstream.columns) taken.set(column.name, `view ${name}, which it reads`);
    }
    for (const column of view.columns) {
      const owner = taken.get(column.name);
      // Handing a column on under its own name hides nothing.
      const isSame = views.some((name) =>
        [column.name, `${name}.${column.name}`].includes(column.sql.trim()),
      );
      if (owner === undefined || isSame) continue;
      const message = `column ${column.name} of view ${view.name} bears the name of a column of ${owner}`;
      this.#add("FS_SPEC_SHADOWS", message, column.at);
    }
  }

  /** A parameter stands for its name wherever that stands, and so do a state and a `let`: none may stand for what the view reads. */
  #ownNames(view: FeatureView): void {
    const read = new Set([...keyColumns, ...inputColumns(view, this.#views), ...rowNames(view)]);
    const own = new Map<string, string>();
    const define = (key: string, name: string, sql: string | undefined): void => {
      const owner = read.has(name) ? `a column that view ${view.name} reads` : own.get(name);
      own.set(name, `\`${key}:\``);
      // Handing a column on under its own name hides nothing.
      if (owner === undefined || sql?.trim() === name) return;
      const message = `${name} of \`${key}:\` bears the name of ${owner}`;
      const at = this.#scope.locate(view, pointerTo(`/${key}`, name));
      this.#add("FS_SPEC_SHADOWS", message, at, "Choose another name.");
    };
    for (const name of Object.keys(view.params)) define("params", name, undefined);
    for (const { name, sql } of view.lets) define("let", name, sql);
    for (const { name } of view.scan?.states ?? []) define("state", name, undefined);
    for (const { name, sql } of view.columns) if (!read.has(name)) define("columns", name, sql);
  }

  alias(alias: AliasSpec): void {
    const owner = `alias ${alias.name}`;
    this.#clock(owner, alias);
    for (const [index, name] of alias.views.entries()) {
      const at = this.#scope.locate(alias, `/alias_of/${index}`);
      const view = this.#find(owner, name, at, streamNames);
      if (streamNames.includes(name)) {
        const message = `${owner} names the stream ${name}, whose rows are not stored by bucket`;
        this.#add("FS_SPEC_VALUE", message, at, "An alias shows columns of views.");
      }
      if (view !== undefined && this.#clocksDiffer(view, alias)) {
        const message = `${owner} is of clock ${alias.clock}, but ${name} is of clock ${view.clock}`;
        this.#add("FS_SPEC_CLOCK_MISMATCH", message, at);
      }
    }
    for (const { view: name, column, at } of alias.columns) {
      const view = this.#views.get(name);
      const names = view === undefined ? [] : [...view.rows.by, ...view.columns].map((one) => one.name);
      if (view === undefined || names.includes(column)) continue;
      const hint = didYouMean(column, names, `Its columns: ${names.join(", ")}.`);
      const message = `${owner} names ${name}.${column}, but view ${name} has no such column`;
      this.#add("FS_SPEC_UNKNOWN_REFERENCE", message, at, hint);
    }
  }

  vector(vector: VectorSpec): void {
    this.#clock(`vector ${vector.name}`, vector);
    for (const feature of vector.features) this.#feature(vector, feature);
  }

  #feature(vector: VectorSpec, feature: VectorFeature): void {
    if (this.#isLabel(feature.view)) {
      const message = `vector ${vector.name} names the label ${feature.view}, which looks forward`;
      this.#add("FS_SPEC_LABEL_IN_VECTOR", message, feature.at);
      return;
    }
    const view = this.#find(`vector ${vector.name}`, feature.view, feature.at, []);
    if (view === undefined) return;
    const column = view.columns.find((candidate) => candidate.name === feature.column);
    const full = `${feature.view}.${feature.column}`;
    if (column === undefined) {
      const names = view.columns.filter((candidate) => candidate.feature).map((candidate) => candidate.name);
      const others = `Its features: ${names.join(", ")}.`;
      const hint = didYouMean(feature.column, names, others, (near) => `${view.name}.${near}`);
      this.#add(
        "FS_SPEC_UNKNOWN_REFERENCE",
        `vector ${vector.name} names ${full}, but view ${view.name} has no such column`,
        feature.at,
        hint,
      );
    } else if (!column.feature) {
      this.#add(
        "FS_SPEC_NOT_A_FEATURE",
        `vector ${vector.name} names ${full}, a helper (\`feature: false\`)`,
        feature.at,
      );
    }
    if (hasBins(view)) {
      const message = `vector ${vector.name} names ${full}, but view ${view.name} has a row for each bin (\`by:\`)`;
      this.#add("FS_SPEC_VALUE", message, feature.at, "A vector takes one row for each bucket.");
    }
    if (this.#clocksDiffer(view, vector)) {
      const message = `vector ${vector.name} is of clock ${vector.clock}, but ${full} is of clock ${view.clock}`;
      this.#add("FS_SPEC_CLOCK_MISMATCH", message, feature.at);
    }
  }

  label(label: LabelSpec): void {
    const owner = `label ${label.name}`;
    const { price } = label;
    this.#clock(owner, label);
    const at = (key: string): Location => this.#scope.locate(label, `/price/${key}`);
    const view = this.#find(owner, price.view, at("view"), []);
    if (view === undefined) return;
    if (this.#clocksDiffer(view, label)) {
      const message = `${owner} is of clock ${label.clock}, but its price is of clock ${view.clock}`;
      this.#add("FS_SPEC_CLOCK_MISMATCH", message, at("view"));
    }
    if (view.delayMs > 0) {
      const message = `${owner} takes its price from ${view.name}, which is known later than its buckets (\`delay:\`)`;
      this.#add("FS_SPEC_VALUE", message, at("view"), "A label needs the price at the bucket's end.");
    }
    const names = view.columns.map((column) => column.name);
    for (const key of ["column", "age"] as const) {
      const name = price[key];
      if (name === undefined || names.includes(name)) continue;
      const hint = didYouMean(name, names, `Its columns: ${names.join(", ")}.`);
      const message = `${owner} names ${price.view}.${name}, but view ${price.view} has no such column`;
      this.#add("FS_SPEC_UNKNOWN_REFERENCE", message, at(key), hint);
    }
  }

  /** Whether two known clocks differ; one that is not known has a finding of its own. */
  #clocksDiffer(one: FeatureView, other: FeatureView | AliasSpec | VectorSpec | LabelSpec): boolean {
    const { clocks } = this.#scope;
    const isKnown = (clock: string): boolean => clocks === undefined || clocks.includes(clock);
    return one.clock !== other.clock && isKnown(one.clock) && isKnown(other.clock);
  }

  #clock(object: string, spec: FeatureView | AliasSpec | VectorSpec | LabelSpec): void {
    const { clocks } = this.#scope;
    if (clocks === undefined || clocks.includes(spec.clock)) return;
    const hint = didYouMean(spec.clock, clocks, `Clocks of features.yaml: ${clocks.join(", ")}.`);
    this.#add(
      "FS_SPEC_UNKNOWN_REFERENCE",
      `${object} names the clock ${spec.clock}, which features.yaml does not have`,
      this.#scope.locate(spec, "/clock"),
      hint,
    );
  }

  /** By its own name, or by that of its alias. */
  #isLabel(name: string): boolean {
    return this.#scope.labels.some((label) => label.name === name || `label_${label.name}` === name);
  }

  /** The view of this name; undefined, with a finding if there is none, when nothing is known of it. */
  #find(object: string, name: string, at: Location, others: readonly string[]): FeatureView | undefined {
    const view = this.#views.get(name);
    if (view?.row !== undefined) {
      const message = `${object} names ${name}, which has a row for each row of ${view.row} and none for a bucket (\`row:\`)`;
      this.#add("FS_SPEC_VALUE", message, at, "Select from it, or write a view with `clock:` and `from:`.");
      return undefined;
    }
    if (view !== undefined || this.#scope.unreadViews.has(name) || others.includes(name)) {
      return view;
    }
    const alias = this.#scope.aliases.find((one) => one.name === name);
    if (alias !== undefined) {
      const message = `${object} names ${name}, an alias (\`alias_of:\`), which stores nothing`;
      this.#add("FS_SPEC_VALUE", message, at, `Name what it shows: ${alias.views.join(" or ")}.`);
      return undefined;
    }
    if (this.#isLabel(name)) {
      this.#add("FS_LEAK_LABEL", `${object} names the label ${name}, which looks forward`, at);
      return undefined;
    }
    const known = [...this.#views.keys(), ...this.#scope.unreadViews, ...others];
    const hint = didYouMean(name, known, `Add features/${name}.yaml, or correct the name.`);
    this.#add(
      "FS_SPEC_UNKNOWN_REFERENCE",
      `${object} names the view ${name}, which does not exist`,
      at,
      hint,
    );
    return undefined;
  }

  /** Each circle once, named from its first view in the order of files. */
  cycles(): void {
    const done = new Set<string>();
    const walk = (view: FeatureView, path: readonly FeatureView[]): void => {
      const start = path.indexOf(view);
      if (start >= 0) {
        const names = [...path.slice(start), view].map((step) => step.name);
        this.#add(
          "FS_SPEC_CYCLE",
          `views read each other in a circle: ${names.join(" → ")}`,
          this.#scope.locate(view, "/from"),
        );
        return;
      }
      if (done.has(view.name)) return;
      for (const name of "views" in view.from ? view.from.views : []) {
        const upstream = this.#views.get(name);
        if (upstream !== undefined) walk(upstream, [...path, view]);
      }
      done.add(view.name);
    };
    for (const view of this.#scope.views) walk(view, []);
  }

  #add(code: ErrorCode, message: string, at: Location, hint?: string): void {
    this.findings.push(new FeatureError(code, message, { at, ...(hint === undefined ? {} : { hint }) }));
  }
}
