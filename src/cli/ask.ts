/** A question at the terminal. */
import { createInterface } from "node:readline/promises";

/** Shows a text and says whether the answer to `question` is `y` or `yes`. The end of the input, and anything else, is no. */
export async function ask(
  shown: string,
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<boolean> {
  output.write(shown);
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
