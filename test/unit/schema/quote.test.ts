import { describe, expect, it } from "vitest";
import { quoteIdentifier, quoteName, quoteString } from "../../../src/schema/quote.js";

describe("quoting", () => {
  it("encloses names in backticks", () => {
    expect(quoteIdentifier("trades")).toBe("`trades`");
    expect(quoteIdentifier("a`b\\c")).toBe("`a\\`b\\\\c`");
    expect(quoteName({ database: "raw", name: "trades" })).toBe("`raw`.`trades`");
  });

  it("encloses texts in quotes", () => {
    expect(quoteString("it's a\\b\n\t\0")).toBe("'it\\'s a\\\\b\\n\\t\\0'");
    expect(quoteString("`x`")).toBe("'`x`'");
  });
});
