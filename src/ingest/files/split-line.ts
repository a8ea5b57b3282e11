/** The cells of one csv line, quotes taken off; the same rules as the engine's side (rows-delimited.sql). */
export function splitLine(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const isCell =
      quoted !== null && (rest.length === quoted[0].length || rest[quoted[0].length] === delimiter);
    const end = isCell ? quoted[0].length : endOfPlain(rest, delimiter);
    cells.push(isCell ? (quoted[1] ?? "").replaceAll('""', '"') : rest.slice(0, end));
    if (end >= rest.length) return cells;
    rest = rest.slice(end + delimiter.length);
  }
}

function endOfPlain(text: string, delimiter: string): number {
  const end = text.indexOf(delimiter);
  return end === -1 ? text.length : end;
}
