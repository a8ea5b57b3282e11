import { expect, it } from "vitest";
import { splitLine } from "../../../src/ingest/files/split-line.js";

it.each([
  ["a,b,,c", ["a", "b", "", "c"]],
  ['"a,b",c,"d""e"', ["a,b", "c", 'd"e']],
  ['"a"x,b', ['"a"x', "b"]],
  ['"open,b', ['"open', "b"]],
  ['"a",', ["a", ""]],
  ["", [""]],
])("splits %s", (line, cells) => {
  expect(splitLine(line, ",")).toEqual(cells);
});

it("splits at other delimiters", () => {
  expect(splitLine('a;"b;c"', ";")).toEqual(["a", "b;c"]);
});
