import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { ask } from "../../../src/cli/ask.js";

async function answered(text: string): Promise<{ yes: boolean; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const yes = ask("A plan.\n", "Apply this?", input, output);
  input.end(text);
  return { yes: await yes, shown: String(output.read()) };
}

it("takes y and yes for yes, and everything else for no, the end of the input included", async () => {
  for (const text of ["y\n", "YES\n", " y \n"]) expect((await answered(text)).yes, text).toBe(true);
  for (const text of ["n\n", "\n", "yep\n", ""]) expect((await answered(text)).yes, text).toBe(false);
  expect((await answered("y\n")).shown).toBe("A plan.\nApply this? [y/N] ");
});
