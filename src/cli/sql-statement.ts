import { ExpressionError, isSymbol, type Token, tokenize } from "../compile/expression/tokens.js";
import { FeatureError } from "../errors.js";

/** How a statement's result is read: `query` streams, `inspection` is a small answer about the database. */
export type StatementKind = "query" | "inspection" | "change";

const kinds: Readonly<Record<string, StatementKind>> = {
  SELECT: "query",
  WITH: "query",
  FROM: "query",
  SHOW: "inspection",
  DESCRIBE: "inspection",
  DESC: "inspection",
  EXPLAIN: "inspection",
  EXISTS: "inspection",
};

const word = (token: Token | undefined) => (token?.kind === "name" ? token.text.toUpperCase() : "");

function tokensOf(sql: string): Token[] {
  try {
    return tokenize(sql);
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new FeatureError("FS_CLI_SQL", `The statement cannot be read: ${cause.message}.`, { cause });
  }
}

/**
 * What kind of statement this is. Several statements, and clauses that the command sets itself (FORMAT) or that would
 * write a file (INTO OUTFILE), are errors: nothing of this is left for the engine to find.
 */
export function statementKind(sql: string): StatementKind {
  const written = tokensOf(sql);
  const tokens = isSymbol(written.at(-1), ";") ? written.slice(0, -1) : written;
  if (tokens.some((token) => isSymbol(token, ";"))) {
    throw new FeatureError("FS_CLI_SQL", "Expected one statement, found several.", {
      hint: "Run them one by one.",
    });
  }
  const first = tokens.find((token) => !isSymbol(token, "("));
  if (first === undefined) throw new FeatureError("FS_CLI_SQL", "Expected a statement, found none.");
  const kind = kinds[word(first)] ?? "change";
  const holds = (name: string, next: string) =>
    tokens.some((token, i) => word(token) === name && word(tokens[i + 1]) === next);
  if (kind === "query" && holds("INSERT", "INTO")) return "change";
  if (holds("INTO", "OUTFILE")) {
    throw new FeatureError("FS_CLI_SQL", "INTO OUTFILE is not for this command.", {
      hint: "Redirect the output: feature sql … --json > file.",
    });
  }
  if (kind !== "change" && word(tokens.at(-2)) === "FORMAT" && word(tokens.at(-1)) !== "") {
    throw new FeatureError("FS_CLI_SQL", "FORMAT is set by the command.", {
      hint: "Leave it out; --json prints rows as JSON objects.",
    });
  }
  return kind;
}
