import { exitStatuses } from "./exit-statuses.js";

/** The texts of `feature --help` and the shape of every command's own help. */
export const mainHelp = {
  description:
    "A feature store for ClickHouse. YAML specs become tables and views; recorded trades and books become volume " +
    "buckets, features and point-in-time training sets. The engine runs inside this process unless features.yaml " +
    "names a server.",
  after: `
Examples:
  feature demo                                   the whole chain on a simulated market, under a minute
  feature init shop && cd shop && feature validate
  feature apply && feature ingest binance-archive BTCUSDT-trades-2024-08-08.zip --market spot
  feature fetch --vector trend_v1 --every-bucket --out train.parquet

Exit status:
${exitStatuses.map(([status, meaning]) => `  ${status.padStart(8)}  ${meaning}`).join("\n")}
`,
} as const;

/** Examples below a command's options: pairs of a command line and what it does. */
export function examples(...pairs: readonly (readonly [line: string, does: string])[]): string {
  const width = Math.max(...pairs.map(([line]) => line.length));
  return `\nExamples:\n${pairs.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join("\n")}\n`;
}
