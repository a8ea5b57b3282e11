import { describe, expect, it } from "vitest";
import { timeBars, timeLine, unitSquare } from "../../../src/fetch/evaluate/plots.js";

const texts = (svg: string, of = "tick"): string[] =>
  [...svg.matchAll(new RegExp(`<text class="${of}"[^>]*>([^<]*)</text>`, "g"))].map(
    (found) => found[1] ?? "",
  );
const start = Date.UTC(2024, 7, 8, 23, 54, 16);

describe("plots of a report", () => {
  it("have round numbers around all values, 0 among them, and round times", () => {
    const svg = timeLine(
      [
        [start, 3],
        [start + 650_000, 268],
      ],
      "summed return, bps",
    );
    expect(texts(svg)).toEqual(["0", "100", "200", "300", "23:56", "23:58", "00:00", "00:02", "00:04"]);
    expect(texts(svg, "name")).toEqual(["time (UTC), 2024-08-08 to 2024-08-09", "summed return, bps"]);
    expect(svg).not.toContain("NaN");
  });

  it("say days where periods are days, and leave out periods without a value", () => {
    const day = 86_400_000;
    const periods = [0.1, null, -0.25].map((value, place) => ({
      ...{ from: start - (start % day) + place * day, value },
      title: `${value}`,
    }));
    const svg = timeBars(periods, "IC");
    expect(texts(svg)).toEqual([
      ...["-0.3", "-0.2", "-0.1", "0", "0.1"],
      ...["2024-08-08", "2024-08-09", "2024-08-10"],
    ]);
    expect(svg.match(/<rect/g)?.length).toBe(2);
  });

  it("bear one value, equal values and none", () => {
    for (const points of [
      [[start, 0]],
      [[start, 5]],
      [
        [start, -1e-9],
        [start, -1e-9],
      ],
    ] as const) {
      const svg = timeLine(points, "y");
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(texts(svg).length).toBeGreaterThan(2);
    }
    expect(timeLine([], "y")).toBe("<p>Nothing to show.</p>");
    expect(timeBars([], "y")).toBe("<p>Nothing to show.</p>");
    expect(texts(unitSquare([], { x: "said", y: "came" }))).toContain("0.6");
  });
});
