import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { featuresDocFolder, regenerateCommand, renderFeaturesDoc } from "../../../scripts/features-doc.js";

it("docs/features/ has a page for every stock view, as it is compiled", () => {
  const pages = renderFeaturesDoc();
  const outOfStep = `docs/features/ is out of step: run \`${regenerateCommand}\``;
  const written = readdirSync(featuresDocFolder).filter((name) => name !== "differences.md");
  expect(written.sort(), outOfStep).toEqual(Object.keys(pages).sort());
  for (const [name, text] of Object.entries(pages)) {
    expect(readFileSync(join(featuresDocFolder, name), "utf8"), `${name}: ${outOfStep}`).toBe(text);
  }
});
