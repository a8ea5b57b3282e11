/** The texts of `feature --help` and the shape of every command's own help. */
export const mainHelp = {
  description:
    "A feature store for ClickHouse. YAML specs become tables and views; recorded trades and books become volume " +
    "buckets, features and point-in-time training sets. The engine runs inside this process unless features.yaml " +
    "names a server.",
  after: `
Examples:
  feature demo                                   the whole chain on a simulated market, about half a minute
  feature init shop && cd shop && feature validate
  feature apply && feature ingest binance-archive BTCUSDT-trades-2024-08-08.zip --market spot
  feature fetch --vector trend_v1 --every-bucket --out train.parquet

Exit codes:
   0  done, or nothing to do
   1  error, or findings in the specs
   3  a destructive change was refused
   4  the database holds something else under one of our names
   5  held by another process
   6  a check of what was built, or feature verify, failed
  64  wrong usage
`,
} as const;

/** Examples below a command's options: pairs of a command line and what it does. */
export function examples(...pairs: readonly (readonly [line: string, does: string])[]): string {
  const width = Math.max(...pairs.map(([line]) => line.length));
  return `\nExamples:\n${pairs.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join("\n")}\n`;
}
