// The command's TypeScript as a few files of JavaScript: to have each module looked up and read through a loader takes longer than many a
// command. The first call makes them, and so does the first one after a source has changed.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const entry = "main.js";
/** A process that runs from an old bundle may still have to read parts of it. */
const keptMs = 7 * 24 * 3_600_000;

/**
 * The bundle of `src/cli/main.ts` as a URL. Undefined when there is none and none can be made: a folder that may not be written, a
 * source that is no TypeScript. Then the sources have to be run as they are.
 * @param {string} root the package's folder
 * @returns {Promise<string | undefined>}
 */
export async function bundle(root) {
  try {
    const cache = join(root, "node_modules/.cache/feature");
    const folder = join(cache, stateOf(root));
    if (!existsSync(join(folder, entry))) await make(root, cache, folder);
    return pathToFileURL(join(folder, entry)).href;
  } catch {
    return undefined;
  }
}

/** Another text whenever a source may be another one: names, sizes and times of files, as git's index has it. */
function stateOf(root) {
  const state = createHash("sha256").update(root);
  for (const path of readdirSync(join(root, "src"), { recursive: true }).sort()) {
    if (!path.endsWith(".ts")) continue;
    const { size, mtimeMs } = statSync(join(root, "src", path));
    state.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return state.digest("hex").slice(0, 16);
}

async function make(root, cache, folder) {
  const { build } = await import("esbuild");
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, "new-"));
  try {
    await build({
      entryPoints: [join(root, "src/cli/main.ts")],
      outdir: made,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      sourcemap: true,
      sourcesContent: false,
      logLevel: "silent",
      plugins: [{ name: "own-urls", setup: (builder) => builder.onLoad({ filter: /\.ts$/ }, withOwnUrl) }],
    });
    renameSync(made, folder);
  } catch (cause) {
    // Somebody else was as fast, or it cannot be made.
    if (!existsSync(join(folder, entry))) throw cause;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    if (Date.now() - statSync(old).mtimeMs > keptMs) rmSync(old, { recursive: true, force: true });
  }
}

/** Modules find the SQL and the like that lie beside them by their own address, which is that of the source. */
function withOwnUrl({ path }) {
  const url = JSON.stringify(pathToFileURL(path).href);
  return { loader: "ts", contents: readFileSync(path, "utf8").replaceAll("import.meta.url", url) };
}
