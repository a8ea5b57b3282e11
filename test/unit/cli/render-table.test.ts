import { describe, expect, it } from "vitest";
import { renderRecords, renderTable } from "../../../src/cli/render-table.js";

describe("renderTable", () => {
  it("aligns words to the left and numbers to the right", () => {
    const rows = [
      ["BTCUSDT", 12, null],
      ["ETH", 3.5, true],
    ];
    expect(renderTable(["symbol", "n", "known"], rows)).toBe(
      ["symbol     n  known", "───────  ───  ─────", "BTCUSDT   12  NULL", "ETH      3.5  true", ""].join(
        "\n",
      ),
    );
  });

  it("shows lists and objects as JSON, and only a header without rows", () => {
    expect(renderTable(["a"], [[[1, 2]], [{ b: 1 }]])).toContain('{"b":1}');
    expect(renderTable(["a", "b"], [])).toBe("a  b\n─  ─\n");
  });
});

it("renderRecords writes one line a column", () => {
  expect(renderRecords(["id", "price"], [[1, "2.50"]])).toBe("row 1\nid     1\nprice  2.50\n");
});
