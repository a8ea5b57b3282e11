import { parseError } from "@clickhouse/client";
import { FeatureError } from "../errors.js";

/** What engines throw, as typed errors of the product. */

const messageLimit = 600;
const syntaxError = "SYNTAX_ERROR";

/**
 * The engine's own words: ClickHouse's type and code and the first line of its message, without stack traces. `replace` are texts
 * that must not show, and what shows instead. The cause holds the statement's text and the original error.
 */
export function queryError(
  cause: unknown,
  sql: string,
  replace: Readonly<Record<string, string>> = {},
): FeatureError {
  if (cause instanceof FeatureError) return cause;
  const found = clickhouseError(cause);
  const said = found?.message ?? (cause instanceof Error ? cause.message : String(cause));
  const words = found?.type === syntaxError ? syntaxWords(said, sql) : firstLine(said);
  const message = found === undefined ? words : `${found.type ?? "ERROR"} (${found.code}): ${words}`;
  return new FeatureError("FS_ENGINE_QUERY", replaced(`ClickHouse: ${message}`, replace), {
    cause: new Error(replaced(`Statement: ${sql}`, replace), { cause }),
  });
}

/** ClickHouse's name of an engine failure, such as `TABLE_ALREADY_EXISTS`; undefined for every other error. */
export function engineErrorType(error: unknown): string | undefined {
  return clickhouseError(error)?.type;
}

interface EngineError {
  readonly code: string;
  readonly type: string | undefined;
  readonly message: string;
}

/** Looks through the causes. By shape: the client and chDB bring two copies of the error's class. */
function clickhouseError(error: unknown): EngineError | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const parsed = parseError(at);
    if ("type" in parsed && "code" in parsed && typeof parsed.code === "string") {
      // The client takes the first word in capitals between brackets for the type; here that is a word of the statement.
      const type =
        parsed.code === "62" ? syntaxError : typeof parsed.type === "string" ? parsed.type : undefined;
      return { code: parsed.code, type, message: parsed.message };
    }
  }
  return undefined;
}

/** A syntax error names the whole grammar, and the client cuts it off anywhere: what helps is the place in the statement. */
function syntaxWords(message: string, sql: string): string {
  const [, words, place] = /^(.*?failed at position (\d+))/s.exec(message) ?? [];
  if (words === undefined || place === undefined) return firstLine(message);
  const rest = sql.slice(Number(place) - 1, Number(place) + 59).trim();
  return `${words}, at: ${rest === "" ? "the end" : rest}`;
}

function firstLine(text: string): string {
  const line = (text.trim().split("\n", 1)[0] ?? "").trim();
  return line.length <= messageLimit ? line : `${line.slice(0, messageLimit)}…`;
}

function replaced(text: string, replace: Readonly<Record<string, string>>): string {
  return Object.entries(replace).reduce(
    (kept, [from, to]) => (from === "" ? kept : kept.replaceAll(from, to)),
    text,
  );
}
