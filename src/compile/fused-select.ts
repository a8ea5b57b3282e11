/** The SELECT of views that share a table: the same expressions as each has alone, under names that do not meet. */
import { quoteIdentifier } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { identifierOf, isSymbol, printTokens, tokenize } from "./expression/tokens.js";
import { storedKey } from "./feature-table.js";
import type { ViewDraft } from "./view-draft.js";
import { expressions, features, groupedByBucket, innerName } from "./view-select.js";

const finishStream = sqlTemplate(import.meta.url, "over-stream");
const streamExpressions = sqlTemplate(import.meta.url, "stream-expressions");

/** A view that shares a table, and what stands before its columns there. */
export interface FusedView {
  readonly draft: ViewDraft;
  readonly columnPrefix: string;
}

/** Whether a view only aggregates its stream's rows, a row a bucket: then it can share a GROUP BY, so a table. */
export function isFusible(draft: ViewDraft): boolean {
  const { view, rows, usage } = draft;
  return (
    rows !== undefined &&
    usage !== undefined &&
    usage.stream === rows.stream &&
    usage.aheadMs === undefined &&
    view.overBy === undefined &&
    view.asOf === undefined &&
    view.windows.length === 0 &&
    rows.levels.length + rows.by.length === 0
  );
}

/** Stored key, `v` and the columns of all of the views, each view's with its prefix. `stream` is FROM-text. */
export function fusedSelect(views: readonly FusedView[], stream: string): string {
  const own = views.map(({ draft, columnPrefix }) => ({
    draft: withOwnNames(draft, columnPrefix),
    columnPrefix,
  }));
  return finishStream({
    key: [...storedKey, "v"].join(",\n"),
    features: own.map(({ draft, columnPrefix }) => features(draft, columnPrefix)).join(",\n"),
    rows: streamExpressions({
      ...groupedByBucket(own.flatMap(({ draft }) => [...draft.lets, ...draft.expressions])),
      expressions: own.map(({ draft, columnPrefix }) => expressions(draft, columnPrefix)).join(",\n"),
      stream,
    }),
  });
}

/** The draft, whose expressions name one another with the prefix. What it shares with its stream in name means the stream's. */
function withOwnNames(draft: ViewDraft, prefix: string): ViewDraft {
  const columns = draft.expressions.map(({ column }) => column.name);
  const own = new Set([
    ...draft.lets.map(({ name }) => name),
    ...columns.filter((name) => innerName(draft, name) === name),
  ]);
  const renamed = <T extends { readonly sql: string }>(item: T): T => ({
    ...item,
    sql: withPrefix(item.sql, own, prefix),
  });
  return { ...draft, lets: draft.lets.map(renamed), expressions: draft.expressions.map(renamed) };
}

function withPrefix(sql: string, own: ReadonlySet<string>, prefix: string): string {
  const tokens = tokenize(sql);
  return printTokens(
    tokens.map((token, index) => {
      const name = identifierOf(token);
      const isOwn =
        name !== undefined &&
        own.has(name) &&
        !isSymbol(tokens[index + 1], "(") &&
        // An element of a tuple.
        !isSymbol(tokens[index - 1], ".");
      return isOwn ? { kind: "quoted", text: quoteIdentifier(`${prefix}${name}`) } : token;
    }),
  );
}
