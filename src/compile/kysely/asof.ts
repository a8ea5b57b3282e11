import { JoinBuilder, type JoinNode } from "kysely";
import { FeatureError } from "../../errors.js";

/** Kysely's join types that ClickHouse can do as of, and what they are called then. */
const asofTypes: Readonly<Record<string, string>> = { InnerJoin: "AsofInnerJoin", LeftJoin: "AsofLeftJoin" };
const texts: Readonly<Record<string, string>> = {
  AsofInnerJoin: "asof inner join",
  AsofLeftJoin: "asof left join",
};

/**
 * Makes an inner or left join an ASOF join: each row of the left side meets at most one row of the right side, the closest one for
 * which the ON clause's single inequality holds. Rows that tie in the compared column are chosen among at random, so the
 * compared column must be unique within the equalities.
 *
 *     .leftJoin(quotes, (join) => asof(join.onRef("q.symbol", "=", "t.symbol").onRef("q.time", "<=", "t.time")))
 */
export function asof<DB, TB extends keyof DB>(join: JoinBuilder<DB, TB>): JoinBuilder<DB, TB> {
  const node = join.toOperationNode();
  const joinType = asofTypes[node.joinType];
  if (joinType === undefined) {
    throw new FeatureError("FS_INTERNAL", `A join of type ${node.joinType} cannot be made as of.`);
  }
  // In the join's type rather than beside it: Kysely's plugins copy a node by its known properties.
  return new JoinBuilder({ joinNode: { ...node, joinType } as unknown as JoinNode });
}

/** The keywords of an ASOF join; undefined for every other join. */
export function asofJoinText(node: JoinNode): string | undefined {
  return texts[node.joinType];
}
