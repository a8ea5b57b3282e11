import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { longest } from "../../support/longest-first.js";

it.each(longest)("%s, which starts early, is a file of engine tests", (name) => {
  expect(existsSync(new URL(`../../engine/${name}.test.ts`, import.meta.url))).toBe(true);
});
