import {
  ColumnNode,
  DefaultQueryCompiler,
  type IdentifierNode,
  type JoinNode,
  ReferenceNode,
  type SelectionNode,
} from "kysely";
import { quoteIdentifier, quoteString } from "../../schema/quote.js";
import { asofJoinText } from "./asof.js";
import { parameterType } from "./parameter-type.js";
import { TypedParameter } from "./typed-parameter.js";

/**
 * Kysely's nodes → ClickHouse text. Only what differs from standard SQL is here: quoting, the escapes of literals, placeholders
 * `{p0:Type}` that carry their type, names of selected columns, and ASOF joins. FINAL, LIMIT BY and SETTINGS are small `sql` helpers beside this file.
 */
export class ClickHouseQueryCompiler extends DefaultQueryCompiler {
  protected override visitIdentifier(node: IdentifierNode): void {
    this.append(quoteIdentifier(node.name));
  }

  protected override appendStringLiteral(value: string): void {
    this.append(quoteString(value));
  }

  protected override appendValue(parameter: unknown): void {
    const [value, type] =
      parameter instanceof TypedParameter
        ? [parameter.value, parameter.type]
        : [parameter, parameterType(parameter)];
    const name = `p${this.numParameters}`;
    this.addParameter(value);
    this.append(`{${name}:${type}}`);
  }

  /** ClickHouse names the column of `t.x` in a join `x` or `t.x`, as it finds it unique or not; everywhere else it is `x`. */
  protected override visitSelection(node: SelectionNode): void {
    super.visitSelection(node);
    const { selection } = node;
    if (ReferenceNode.is(selection) && selection.table !== undefined && ColumnNode.is(selection.column)) {
      this.append(" as ");
      this.visitNode(selection.column);
    }
  }

  protected override visitJoin(node: JoinNode): void {
    const asof = asofJoinText(node);
    if (asof === undefined) {
      super.visitJoin(node);
      return;
    }
    this.append(`${asof} `);
    this.visitNode(node.table);
    if (node.on) {
      this.append(" ");
      this.visitNode(node.on);
    }
  }
}
