/** What an engine said about a file that it could not read. */

/** Its first line, without the code before it and the place behind it. */
export function engineWords(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.replace(/^ClickHouse: (\w+ \(\d+\): )?/, "").split("\n", 1)[0] ?? "";
  return line.replace(/:? ?\((at row|while reading|in file)\b.*$/, "").replace(/[.\s]+$/, "");
}

/** The row that it was at, from 1; a header counts. */
export function engineRow(cause: unknown): number | undefined {
  for (let at = cause; at instanceof Error; at = at.cause) {
    const row = /\(at row (\d+)\)/.exec(at.message)?.[1];
    if (row !== undefined) return Number(row);
  }
  return undefined;
}
