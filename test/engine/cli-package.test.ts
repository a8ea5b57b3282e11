import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expectDocument } from "../support/cli-document.js";
import { packageRoot, runFeature } from "../support/run-feature.js";

const folder = mkdtempSync(join(tmpdir(), "prism-cli-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Installs the packed tarball into a folder as npm would; the dependencies are the repository's. */
function install(): string {
  const pack = ["pack", packageRoot, "--pack-destination", folder, "--silent"];
  execFileSync("npm", pack, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const installed = join(folder, "node_modules/prism-features");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components=1"]);
  mkdirSync(join(installed, "node_modules"));
  for (const name of readdirSync(join(packageRoot, "node_modules"))) {
    if (!name.startsWith("."))
      symlinkSync(join(packageRoot, "node_modules", name), join(installed, "node_modules", name));
  }
  return installed;
}

const installed = install();
const bin = join(installed, "bin/feature.js");

describe("the packed tarball, installed in an empty folder", () => {
  it("initialises, validates and applies a project", async () => {
    expect(readdirSync(installed).sort()).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "bin",
        "features",
        "features.yaml",
        "package.json",
        "schemas",
        "sources",
        "src",
      ]),
    );
    for (const name of ["test", "bench", ".ci", "docs"]) expect(readdirSync(installed)).not.toContain(name);
    const files = (root: string) => readdirSync(join(root, "features"), { recursive: true }).sort();
    expect(files(installed)).toEqual(files(packageRoot));
    const run = (...args: string[]) => runFeature(args, { cwd: folder, bin });

    expect((await run("--help")).status).toBe(0);
    // The few views of a lean project: that all of them are right is said of the repository.
    expect(expectDocument((await run("init", "shop", "--lean", "--json")).stdout).ok).toBe(true);
    const validated = await run("validate", "--project", "shop", "--json", "--quiet");
    expect(validated).toMatchObject({ status: 0, stderr: "" });
    expect(expectDocument(validated.stdout)).toMatchObject({ ok: true, project: "marketprism" });
    const applied = await run("apply", "--project", "shop", "--json", "--quiet");
    expect(expectDocument(applied.stdout)).toMatchObject({ ok: true, nothingToDo: false });
  });

  it("runs from its sources where no bundle can be made of them, and from another bundle once they are others", async () => {
    const version = async () => (await runFeature(["--version"], { cwd: folder, bin })).stdout;
    const modules = join(installed, "node_modules");
    const bundles = () => readdirSync(join(modules, ".cache/feature"));
    const main = join(installed, "src/cli/main.ts");
    const [text, before] = [readFileSync(main, "utf8"), bundles()];
    const shown = await version();
    expect(shown).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(bundles()).toEqual(before);
    writeFileSync(main, `${text}process.stdout.write("changed ");\n`);
    expect(await version()).toBe(`changed ${shown}`);
    expect(bundles()).toHaveLength(before.length + 1);
    rmSync(join(modules, ".cache"), { recursive: true });
    writeFileSync(join(modules, ".cache"), "not a folder");
    expect(await version()).toBe(`changed ${shown}`);
  });

  it("does not mind a tsconfig.json of the folder it is called in", async () => {
    const odd = join(folder, "odd");
    mkdirSync(odd, { recursive: true });
    execFileSync(
      "sh",
      ["-c", 'echo \'{ "extends": "./missing.json", "compilerOptions": { "module": 7 } }\' > tsconfig.json'],
      { cwd: odd },
    );
    expect((await runFeature(["--version"], { cwd: odd })).status).toBe(0);
  });
});
