import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { marketArbitrary } from "../../support/market.js";
import { isSharedFileMissing, readRecording } from "../../support/shared-files.js";
import { tardisFiles } from "../../support/tardis-files.js";

const recordings = {
  trades: "tardis/binance_trades_2024-08-08_BTCUSDT.csv.gz",
  books: "tardis/binance-futures_book_snapshot_5_2024-08-08_BTCUSDT.csv.gz",
};

describe.skipIf(isSharedFileMissing("data/tardis"))("random markets as Tardis files", () => {
  it.each(["trades", "books"] as const)("have the header of recorded %s, and every row", (kind) => {
    const [recordedHeader] = readRecording(recordings[kind]).split("\n");
    const [market] = fc.sample(marketArbitrary({ maxSteps: 200 }), { numRuns: 1, seed: 3 });
    const commands = (market?.commands ?? []).filter((command) => command.kind === kind);
    for (const command of commands) {
      const texts = tardisFiles(command).map((file) => gunzipSync(file.bytes).toString("utf8"));
      for (const text of texts) expect(text.split("\n")[0]).toBe(recordedHeader?.trim());
      expect(linesOf(texts) - texts.length).toBe(command.rows.length);
    }
    expect(commands.length).toBeGreaterThan(0);
  });
});

function linesOf(texts: readonly string[]): number {
  return texts.join("").split("\n").length - 1;
}
