import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorsDocPath, regenerateCommand, renderErrorsDoc } from "../../../scripts/errors-doc.js";
import { errorCodes } from "../../../src/errors.js";

it("docs/errors.md is the table of src/errors.ts", () => {
  const written = readFileSync(errorsDocPath, "utf8");
  expect(written, `docs/errors.md is out of step: run \`${regenerateCommand}\``).toBe(renderErrorsDoc());
});

it("codes are named FS_<AREA>_<WHAT>, in sentences that end", () => {
  for (const [code, { summary, hint }] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^FS_[A-Z]+(_[A-Z]+)*$/);
    expect(summary, code).toMatch(/[.!]$/);
    expect(hint, code).toMatch(/[.!:…]$/);
  }
});

it("no text of a code breaks its line of the page", () => {
  const page = renderErrorsDoc({
    FS_CLI_TEST: { summary: "Either\n  this | that.", hint: "Run `a <b> | c` or <d>.", exit: 1 },
  });
  expect(page).toContain("| `FS_CLI_TEST` | Either this \\| that. | Run `a <b> \\| c` or &lt;d>. | 1 |");
});
