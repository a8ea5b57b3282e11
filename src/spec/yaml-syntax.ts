/** YAML text → document, and what the parser has against it in words. */
import { type Document, type LineCounter, parseDocument, type ErrorCode as YamlErrorCode } from "yaml";

/** The document; undefined when it nests too deep to be read. Its errors are in the document. */
export function parseYaml(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    // Duplicate keys are looked for below, where both places are known. prettyErrors would quote lines that may hold secrets.
    return parseDocument(text, {
      version: "1.2",
      schema: "core",
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter,
      logLevel: "error",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The parser's own messages quote the text, which may hold a password; these do not. */
const syntaxMessages: Partial<Record<YamlErrorCode, string>> = {
  BAD_DIRECTIVE: "a line that begins with % is no directive that is known",
  BAD_DQ_ESCAPE: "a \"…\" text holds a backslash that is no escape; write it twice, or use '…'",
  BAD_INDENT: "the indentation does not fit the lines above, or a { or [ is not closed",
  BAD_SCALAR_START: "a text begins with a character that YAML reserves; put the text into quotes",
  BLOCK_AS_IMPLICIT_KEY: "a mapping begins where only a value can stand; a text with `: ` in it needs quotes",
  BLOCK_IN_FLOW: "indented lines stand inside of { } or [ ]; use one of the two styles",
  MISSING_CHAR:
    "a character is missing, here or further up: a closing quote, bracket or brace, a comma, or the `:` after a key",
  MULTILINE_IMPLICIT_KEY: "a key runs over several lines; is a `:` missing?",
  MULTIPLE_DOCS: "the file holds more than one document (`---`); write one object a file",
  NON_STRING_KEY: "a key is no text",
  TAB_AS_INDENT: "a tab is used for indentation; use spaces",
  TAG_RESOLVE_FAILED: "tags (!name) are not supported; write the value itself",
};

export type Report = (message: string, offset: number | undefined, hint?: string) => void;

/** What the parser has against the text. One mistake in YAML makes the parser stumble again and again: one finding a line is enough. */
export function reportSyntax(document: Document, lines: LineCounter, report: Report): void {
  const seen = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    const [offset] = error.pos;
    const { line } = lines.linePos(offset);
    if (seen.has(line)) continue;
    seen.add(line);
    report(syntaxMessages[error.code] ?? "this is not valid YAML", offset);
  }
}
