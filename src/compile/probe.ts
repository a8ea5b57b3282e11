/** SELECTs that ask the engine for the types of a view's raw expressions, column by column. */
import { bucketsName } from "../schema/clock-tables.js";
import { quoteName } from "../schema/quote.js";
import type { FeatureView, ProjectSpecs } from "../spec/model.js";
import type { Catalog, CompiledObject } from "./catalog.js";
import { draftViews } from "./compile-project.js";
import { missing } from "./feature-table.js";
import { streamTableName } from "./names.js";
import { streamExpressionSelect, viewExpressionSelect } from "./view-select.js";

export interface ViewProbe {
  readonly view: FeatureView;
  /** A SELECT of the named columns' raw expressions over the view's inputs; its tables are those of the catalog. */
  select(columns: ReadonlySet<string>): string;
}

/** A probe for each view, upstream first. The catalog is that of the same specs. */
export function viewProbes(specs: ProjectSpecs, catalog: Catalog): ViewProbe[] {
  const compiled = new Map(catalog.objects.map((object) => [`${object.kind}:${object.name}`, object]));
  const objectOf = (name: string): CompiledObject => {
    const object = compiled.get(`view:${name}`);
    if (object === undefined) throw missing(`view ${name}`);
    return object;
  };
  return draftViews(specs.views).map((draft) => {
    const { view } = draft;
    const { path, level } = objectOf(view.name);
    const only = (columns: ReadonlySet<string>) => ({
      ...draft,
      expressions: draft.expressions.filter(({ column }) => columns.has(column.name)),
    });
    if ("stream" in view.from) {
      const stream = streamTableName(specs.project.databases.features, view.clock, view.from.stream, path);
      return { view, select: (columns) => streamExpressionSelect(only(columns), quoteName(stream)) };
    }
    const upstream = view.from.views.map(objectOf);
    const trigger = catalog.clocks.find((clock) => clock.name === view.clock)?.close[path][level];
    if (trigger === undefined) throw missing(`level ${level} of clock ${view.clock}`);
    const bounds = quoteName(bucketsName(specs.project, view.clock));
    return {
      view,
      select: (columns) => viewExpressionSelect(only(columns), upstream, quoteName(trigger), bounds),
    };
  });
}
