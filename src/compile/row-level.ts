/** One of the nested SELECTs that a stream's rows go through before they are aggregated. */
import type { RowExpression } from "../spec/stream-rows.js";

export interface LevelColumn {
  readonly name: string;
  readonly sql: string;
  /** What the user wrote; undefined for the compiler's own columns. */
  readonly origin?: RowExpression;
}

export interface RowLevel {
  readonly where?: LevelColumn;
  /** Added to what the level below gives; a column of the same name is replaced. */
  readonly columns: readonly LevelColumn[];
  /** Columns of the level below that end here. */
  readonly drop?: readonly string[];
}
