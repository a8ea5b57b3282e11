/** The golden cases' common form: one file a family, its cases by name under `inputs`, `params` and `expected`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface GoldenCase {
  readonly family: string;
  readonly name: string;
  readonly inputs: unknown;
  readonly params: unknown;
  readonly expected: unknown;
}

interface GoldenFile {
  readonly family: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Every case of every `.json` file of a folder, by file name, then in the file's order. */
export function readGoldenCases(folder: string): GoldenCase[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((name) => {
    const file = JSON.parse(readFileSync(join(folder, name), "utf8")) as GoldenFile;
    return Object.keys(file.expected).map((key) => ({
      family: file.family,
      name: key,
      inputs: file.inputs[key],
      params: file.params?.[key],
      expected: file.expected[key],
    }));
  });
}
