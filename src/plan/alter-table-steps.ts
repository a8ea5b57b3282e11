import { FeatureError } from "../errors.js";
import type { Table } from "../schema/object.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import { renderColumn, renderComment, renderIndex } from "../schema/render.js";
import type { TableChange } from "./change.js";
import type { Step, StepKind } from "./step.js";
import type { TableDifference } from "./table-difference.js";

interface Alteration {
  readonly kind: StepKind;
  readonly about: string;
  readonly sql: string;
  readonly reverse: string;
}

/** One step for each difference of a table. Throws FS_PLAN_UNSUPPORTED, naming all that cannot be changed in place. */
export function alterTableSteps(change: TableChange, owner: string): Step[] {
  const table = change.merged;
  const name = `${table.database}.${table.name}`;
  const refused = change.differences.filter((item) => item.kind === "unsupported");
  if (refused.length > 0) {
    throw new FeatureError(
      "FS_PLAN_UNSUPPORTED",
      refused.map(({ what, from, to }) => `${what} of ${name} is ${from} and should be ${to}`).join("; "),
      { object: owner },
    );
  }
  return change.differences.map((difference): Step => {
    const { kind, about, sql, reverse } = alteration(table, difference);
    return {
      name: `${kind} ${name}: ${about}`,
      kind,
      object: owner,
      target: { database: table.database, name: table.name },
      buckets: undefined,
      sql,
      reverse,
    };
  });
}

function alteration(table: Table, difference: TableDifference): Alteration {
  const alter = (clause: string): string => `ALTER TABLE ${quoteName(table)} ${clause}`;
  switch (difference.kind) {
    case "add_column": {
      const { column, after } = difference;
      const place = after === undefined ? "FIRST" : `AFTER ${quoteIdentifier(after)}`;
      return {
        kind: "alter_table",
        about: `column ${column.name}`,
        sql: alter(`ADD COLUMN IF NOT EXISTS ${renderColumn(column)} ${place}`),
        reverse: alter(`DROP COLUMN IF EXISTS ${quoteIdentifier(column.name)}`),
      };
    }
    case "add_index":
      return {
        kind: "alter_table",
        about: `index ${difference.index.name}`,
        sql: alter(`ADD ${renderIndex(difference.index).replace("INDEX", "INDEX IF NOT EXISTS")}`),
        reverse: alter(`DROP INDEX IF EXISTS ${quoteIdentifier(difference.index.name)}`),
      };
    case "comment_column": {
      const text = (comment: string): string =>
        alter(`COMMENT COLUMN ${quoteIdentifier(difference.column)} ${quoteString(comment)}`);
      return {
        kind: "comment",
        about: `column ${difference.column}`,
        sql: text(difference.to),
        reverse: text(difference.from),
      };
    }
    case "comment_table":
      return {
        kind: "comment",
        about: "comment",
        sql: renderComment({ ...table, comment: difference.to }),
        reverse: renderComment({ ...table, comment: difference.from }),
      };
    case "ttl":
      return {
        kind: "alter_table",
        about: "retention",
        sql: alter(ttlClause(difference.to)),
        reverse: alter(ttlClause(difference.from)),
      };
    case "setting":
      return {
        kind: "alter_table",
        about: `setting ${difference.name}`,
        sql: alter(settingClause(difference.name, difference.to)),
        reverse: alter(settingClause(difference.name, difference.from)),
      };
    case "unsupported":
      throw new FeatureError("FS_INTERNAL", `${difference.what} has no statement`);
  }
}

function ttlClause(ttl: string | undefined): string {
  return ttl === undefined ? "REMOVE TTL" : `MODIFY TTL ${ttl}`;
}

function settingClause(name: string, value: string | number | undefined): string {
  if (value === undefined) return `RESET SETTING ${name}`;
  return `MODIFY SETTING ${name} = ${typeof value === "number" ? value : quoteString(value)}`;
}
