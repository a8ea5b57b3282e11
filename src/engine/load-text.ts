import { FeatureError } from "../errors.js";
import { quoteString } from "../schema/quote.js";
import type { FileSource } from "./port.js";

/** How an engine reads a file: what `{file}` and `{line}` of a load's SQL stand for. */
export interface FileText {
  readonly rows: string;
  readonly line: string;
}

/** The embedded engine opens the file itself. `_row_number` is right whatever the number of threads. */
export function embeddedFile(path: string, source: FileSource): FileText {
  const parts = [path, source.format, ...(source.structure === undefined ? [] : [source.structure])];
  return { rows: `file(${parts.map(quoteString).join(", ")})`, line: "(_row_number + 1)" };
}

/** A server gets the file as the statement's body; rows are counted as they pass, which needs one thread. */
export function serverFile(source: FileSource): FileText {
  if (source.structure === undefined) {
    const hint = "Name its columns and types.";
    throw new FeatureError("FS_ENGINE_FILE", `${source.path} needs a structure to be sent to a server.`, {
      hint,
    });
  }
  return { rows: `input(${quoteString(source.structure)})`, line: "(rowNumberInAllBlocks() + 1)" };
}

/** Fills `{file}` and `{line}` in. */
export function loadText(sql: string, text: FileText): string {
  if (!sql.includes("{file}")) {
    throw new FeatureError("FS_INTERNAL", "The SQL of a load does not say {file}.");
  }
  return sql.replaceAll("{file}", () => text.rows).replaceAll("{line}", () => text.line);
}
