/** SELECTs that ask the engine for the types of a view's raw expressions, column by column. */
import { bucketsName } from "../schema/clock-tables.js";
import { fitsName } from "../schema/fits-table.js";
import { quoteName } from "../schema/quote.js";
import type { FeatureView, ProjectSpecs } from "../spec/model.js";
import { readableColumns } from "../spec/readable-columns.js";
import type { RowExpression } from "../spec/stream-rows.js";
import { asOfExpressionSelect, eventRowsSelect } from "./as-of-rows.js";
import type { Catalog, CompiledObject } from "./catalog.js";
import { draftViews } from "./compile-project.js";
import { delayTable } from "./delay.js";
import { missing } from "./feature-table.js";
import { streamTableName } from "./names.js";
import { binsRelation } from "./over-bins.js";
import { rowExpressionSelect } from "./row-view.js";
import { streamSelect } from "./stream.js";
import { rowExpressions, rowsRelation } from "./stream-rows.js";
import { timeExpressionSelect } from "./time-rows.js";
import type { ViewDraft } from "./view-draft.js";
import { binExpressionSelect, streamExpressionSelect, viewExpressionSelect } from "./view-select.js";

export interface ViewProbe {
  readonly view: FeatureView;
  /** The names that its expressions may use. */
  readonly readable: readonly string[];
  /** A SELECT of the named columns' raw expressions over the view's inputs; its tables are those of the catalog. */
  select(columns: ReadonlySet<string>): string;
  /** What the view writes about a stream's rows, in order: filters, columns of rows, bins. */
  readonly rows?: readonly RowExpression[];
  /** A SELECT of the stream's rows with only these expressions. */
  selectRows?(taken: ReadonlySet<RowExpression>): string;
}

/** A probe for each view, upstream first. The catalog is that of the same specs. */
export function viewProbes(specs: ProjectSpecs, catalog: Catalog): ViewProbe[] {
  const compiled = new Map(catalog.objects.map((object) => [`${object.kind}:${object.name}`, object]));
  const objectOf = (name: string): CompiledObject => {
    const object = compiled.get(`view:${name}`);
    if (object === undefined) throw missing(`view ${name}`);
    return object;
  };
  const views = new Map(specs.views.map((view) => [view.name, view]));
  const probeOf = (draft: ViewDraft): Omit<ViewProbe, "readable"> => {
    const { view } = draft;
    const { path, level, rowOf } = objectOf(view.name);
    const only = (columns: ReadonlySet<string>) => ({
      ...draft,
      expressions: draft.expressions.filter(({ column }) => columns.has(column.name)),
    });
    if (rowOf !== undefined) {
      return {
        view,
        select: (columns) => rowExpressionSelect(only(columns), specs.project, quoteName(rowOf)),
      };
    }
    const trigger = catalog.clocks.find((clock) => clock.name === view.clock)?.close[path][level];
    if (trigger === undefined) throw missing(`level ${level} of clock ${view.clock}`);
    if (view.time !== undefined) {
      const clock = specs.project.clocks[view.clock];
      if (clock === undefined) throw missing(`clock ${view.clock}`);
      return {
        view,
        select: (columns) => timeExpressionSelect(only(columns), specs.project, clock, quoteName(trigger)),
      };
    }
    if (view.asOf !== undefined) {
      const scope = {
        bounds: quoteName(bucketsName(specs.project, view.clock)),
        buckets: quoteName(trigger),
      };
      const ofRows = draft.rows;
      return {
        view,
        select: (columns) => asOfExpressionSelect(only(columns), specs.project, scope),
        ...(ofRows === undefined
          ? {}
          : {
              rows: rowExpressions(ofRows),
              selectRows: (taken) => eventRowsSelect(draft, specs.project, scope, taken),
            }),
      };
    }
    const { rows, usage } = draft;
    if (view.overBy !== undefined && rows !== undefined && "views" in view.from) {
      const upstream = view.from.views.map(objectOf);
      const buckets = quoteName(trigger);
      return {
        view,
        select: (columns) => binExpressionSelect(only(columns), upstream, buckets),
        rows: [...view.overBy.bins, ...rowExpressions(rows)],
        selectRows: (taken) => `SELECT * FROM ${binsRelation(draft, upstream, buckets, taken)}`,
      };
    }
    if (rows?.stream !== undefined) {
      const database = specs.project.databases.features;
      const clock = specs.project.clocks[view.clock];
      const stream =
        usage?.aheadMs === undefined || clock === undefined
          ? quoteName(streamTableName(database, view.clock, rows.stream, path))
          : `(${streamSelect(specs.project, clock, usage, quoteName(delayTable(database, view.clock, usage.aheadMs, path)))})`;
      const scope = { bounds: quoteName(bucketsName(specs.project, view.clock)), buckets: stream };
      return {
        view,
        select: (columns) => streamExpressionSelect(only(columns), stream, scope),
        rows: rowExpressions(rows),
        selectRows: (taken) =>
          `SELECT * FROM ${rowsRelation(rows, usage?.columns ?? [], stream, taken, scope)}`,
      };
    }
    if (!("views" in view.from)) throw missing(`the stream of view ${view.name}`);
    const upstream = view.from.views.map(objectOf);
    const { project } = specs;
    const tables = {
      bounds: quoteName(bucketsName(project, view.clock)),
      fits: quoteName(fitsName(project)),
    };
    return {
      view,
      select: (columns) => viewExpressionSelect(only(columns), upstream, quoteName(trigger), tables),
    };
  };
  return draftViews(specs.views).map((draft) => ({
    ...probeOf(draft),
    readable: readableColumns(draft.view, views),
  }));
}
