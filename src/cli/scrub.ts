import { homedir } from "node:os";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

const secretName = /PASS|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE/i;
const shortestSecret = 4;

/** Takes out what must never be printed: passwords inside of URLs and the values of secret environment variables. */
export function scrubSecrets(text: string, env: Readonly<Record<string, string | undefined>>): string {
  let scrubbed = text.replace(/(\w+:\/\/)[^\s/@]+@/g, "$1***@");
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.length >= shortestSecret && secretName.test(name)) {
      scrubbed = scrubbed.replaceAll(value, "***");
    }
  }
  return scrubbed;
}

/** Shortens absolute paths of this machine: the package, the working folder and the home folder. */
export function scrubPaths(text: string): string {
  const known: [path: string, name: string][] = [
    [fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, ""), "<prism-features>"],
    [process.cwd(), "."],
    [homedir(), "~"],
  ];
  return known
    .filter(([path]) => path.length > sep.length)
    .reduce(
      (shorter, [path, name]) => shorter.replaceAll(`file://${path}`, name).replaceAll(path, name),
      text,
    );
}
