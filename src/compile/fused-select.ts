/** The SELECT of views that share a table: the same expressions as each has alone, under names that do not meet. */
import { quoteIdentifier } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import { identifierOf, isSymbol, printTokens, tokenize } from "./expression/tokens.js";
import { finalFeature, storedKey } from "./feature-table.js";
import type { ViewDraft } from "./view-draft.js";
import { groupedByBucket, innerName } from "./view-select.js";

const finishStream = sqlTemplate(import.meta.url, "over-stream");
const streamExpressions = sqlTemplate(import.meta.url, "stream-expressions");

/** A view that shares a table, and what stands before its columns there. */
export interface FusedView {
  readonly draft: ViewDraft;
  readonly columnPrefix: string;
}

/** Whether a view only aggregates its stream's rows, a row a bucket: then it can share a GROUP BY, so a table. */
export function isFusible({ view, rows, usage, lets, expressions }: ViewDraft): boolean {
  const isPlain =
    rows !== undefined &&
    usage !== undefined &&
    usage.stream === rows.stream &&
    usage.aheadMs === undefined &&
    view.overBy === undefined &&
    view.asOf === undefined &&
    view.windows.length === 0 &&
    rows.levels.length + rows.by.length === 0;
  // A name that is given within an expression is known to all expressions of a SELECT.
  return (
    isPlain &&
    ![...lets, ...expressions].some(({ sql }) => tokenize(sql).some(({ text }) => /^as$/i.test(text)))
  );
}

/** Stored key, `v` and the columns of all of the views, each view's with its prefix. `stream` is FROM-text. */
export function fusedSelect(views: readonly FusedView[], stream: string): string {
  const all = views.map(({ draft, columnPrefix }) => ({ draft, columnPrefix, own: ownNames(draft) }));
  const computed = all.flatMap(({ draft, columnPrefix, own }) => [
    ...draft.lets.map(({ name, sql }) => ({
      name: `${columnPrefix}${name}`,
      sql: renamed(sql, own, columnPrefix),
    })),
    ...draft.expressions.map(({ column, sql }) => ({
      name: `${columnPrefix}${innerName(draft, column.name)}`,
      sql: renamed(sql, own, columnPrefix),
    })),
  ]);
  return finishStream({
    key: [...storedKey, "v"].join(",\n"),
    features: all
      .flatMap(({ draft, columnPrefix }) =>
        draft.expressions.map(({ column: { name } }) => {
          const inner = quoteIdentifier(`${columnPrefix}${innerName(draft, name)}`);
          return `${finalFeature(inner)} AS ${quoteIdentifier(`${columnPrefix}${name}`)}`;
        }),
      )
      .join(",\n"),
    rows: streamExpressions({
      ...groupedByBucket(computed),
      expressions: computed.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`).join(",\n"),
      stream,
    }),
  });
}

/** The names that mean a view's own expressions in its expressions. One that it shares with its stream means the stream's. */
function ownNames(draft: ViewDraft): ReadonlySet<string> {
  const columns = draft.expressions.map(({ column }) => column.name);
  return new Set([
    ...draft.lets.map(({ name }) => name),
    ...columns.filter((name) => innerName(draft, name) === name),
  ]);
}

function renamed(sql: string, own: ReadonlySet<string>, prefix: string): string {
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
