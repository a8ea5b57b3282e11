/** `q.mid`: columns of a looked-up snapshot in expressions. */
import { ExpressionError, isSymbol, type Token } from "./tokens.js";

export interface LookupUse {
  readonly lookup: string;
  /** The column that holds it: `q.mid`, or `q.bid_px[1]` for one level. */
  readonly name: string;
  /** The value over the snapshot's own columns. */
  readonly sql: string;
  readonly isArray: boolean;
}

const scalars: ReadonlySet<string> = new Set(["mid", "timestamp", "carry"]);
const arrays: ReadonlySet<string> = new Set(["bid_px", "bid_qty", "ask_px", "ask_qty"]);

/** Replaces each use by the quoted name of its column. Throws ExpressionError for a column that snapshots do not have. */
export function withLookups(
  tokens: readonly Token[],
  lookups: ReadonlySet<string>,
): { readonly tokens: Token[]; readonly uses: LookupUse[] } {
  const result: Token[] = [];
  const uses: LookupUse[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const isUse = token.kind === "name" && lookups.has(token.text) && isSymbol(tokens[index + 1], ".");
    if (!isUse) {
      result.push(token);
      continue;
    }
    const column = tokens[index + 2]?.text ?? "";
    const isArray = arrays.has(column);
    if (!isArray && !scalars.has(column)) {
      const known = [...scalars, ...arrays].join(", ");
      throw new ExpressionError(`${token.text}.${column}: a snapshot has ${known}`);
    }
    index += 2;
    const place = tokens[index + 2];
    const isLevel =
      isArray &&
      isSymbol(tokens[index + 1], "[") &&
      place?.kind === "number" &&
      isSymbol(tokens[index + 3], "]");
    const sql = isLevel ? `${column}[${place.text}]` : column;
    if (isLevel) index += 3;
    const name = `${token.text}.${sql}`;
    uses.push({ lookup: token.text, name, sql, isArray: isArray && !isLevel });
    result.push({ kind: "quoted", text: `\`${name}\`` });
  }
  return { tokens: result, uses };
}
