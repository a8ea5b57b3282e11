import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandList } from "../../src/cli/command-list.js";
import { expectDocument, publishedSchemas } from "../support/cli-document.js";
import { packageRoot, runFeature } from "../support/run-feature.js";

const empty = mkdtempSync(join(tmpdir(), "prism-cli-shell-"));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

/** The modules that a command line loads, as URLs. */
async function loadedModules(args: readonly string[]): Promise<string> {
  const log = join(empty, "modules.log");
  rmSync(log, { force: true });
  const hook = join(packageRoot, "test/support/list-modules.mjs");
  await runFeature(args, { cwd: empty, env: { MODULE_LOG: log }, node: ["--import", hook] });
  return readFileSync(log, "utf8");
}

describe("feature --help", () => {
  it("lists every command, and tells the exit codes", async () => {
    const { status, stdout, stderr } = await runFeature(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const { name, summary } of commandList) expect(stdout).toContain(`${name.padEnd(17)}${summary}`);
    expect(stdout).toContain("64  wrong usage");
  });

  it("loads no engine, no parser and no command", async () => {
    const loaded = await loadedModules(["--help"]);
    expect(loaded).toMatch(/\/feature\/\w+\/main\.js/);
    expect(loaded).not.toMatch(
      /chdb|@clickhouse|node_modules\/(tsx|yaml|ajv|kysely|umzug)|\/(ingest|sql)-\w+\.js/,
    );
  });

  it("notices an engine that is loaded", async () => {
    await runFeature(["init"], { cwd: empty });
    const loaded = await loadedModules(["sql", "SELECT 1"]);
    expect(loaded).toMatch(/node_modules\/chdb/);
    expect(loaded).toMatch(/\/sql-\w+\.js/);
  });
});

it.each(["ingest", "buckets"])(
  "feature help %s prints what --help behind it prints, on standard output",
  async (name) => {
    const asked = await runFeature([name, "--help"]);
    expect(asked).toMatchObject({ status: 0, stderr: "" });
    expect(asked.stdout).toContain(`Usage: feature ${name}`);
    expect(await runFeature(["help", name])).toEqual(asked);
  },
);

it("every command publishes the schema of its output", () => {
  expect(publishedSchemas).toEqual(expect.arrayContaining(commandList.map(({ name }) => name)));
});

it("--version prints the package's version", async () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  expect((await runFeature(["--version"])).stdout).toBe(`${version}\n`);
});

describe.concurrent("wrong usage ends with 64", () => {
  it.each([
    [["ingst"], "Unknown command 'ingst'", "Did you mean ingest?"],
    [["init", "--forc"], "Unknown option '--forc'", "Did you mean --force?"],
    [["--jsn"], "Unknown option '--jsn'", "Did you mean --json?"],
    [[], "Expected a command, found none", "feature --help"],
    [["buckets"], "Expected a command below `buckets`", "feature buckets --help"],
    [["buckets", "biuld"], "Unknown command 'biuld'", "Did you mean build?"],
    [["sql"], "Missing required argument 'statement'", "feature sql --help"],
    [["sql", "DROP TABLE x"], "Expected SELECT", "--write"],
  ])("feature %j", async (args, message, hint) => {
    const people = await runFeature(args, { cwd: empty });
    expect(people).toMatchObject({ status: 64, stdout: "" });
    expect(people.stderr).toMatch(/^error FS_CLI_\w+/);
    expect(people.stderr).toContain(message);
    expect(people.stderr).toContain(hint);

    const scripts = await runFeature([...args, "--json"], { cwd: empty });
    expect(scripts).toMatchObject({ status: 64, stderr: "" });
    const document = expectDocument(scripts.stdout);
    expect(document).toMatchObject({ ok: false });
    expect(document.errors?.[0]?.message).toContain(message);
    expect(document.errors?.[0]?.hint).toContain(hint);
  });
});

describe("a folder without a project", () => {
  const nowhere = join(empty, "nowhere");

  it.each(["validate", "apply", "status", "history"])("feature %s says so", async (name) => {
    const { status, stdout } = await runFeature([name, "--project", nowhere, "--json"]);
    expect(status).toBe(1);
    const { schema, errors } = expectDocument(stdout);
    expect(schema).toBe(`feature.${name}/1`);
    expect(errors).toMatchObject([{ code: "FS_CLI_NO_PROJECT", object: nowhere }]);
    expect(errors?.[0]?.hint).toContain("feature init");
  });
});

it("an unexpected error is FS_INTERNAL: a stack with --debug only", async () => {
  // A features.yaml that is a folder: nothing that the product foresees.
  const folder = join(empty, "odd");
  await runFeature(["init", join(folder, "features.yaml")]);
  const run = await runFeature(["validate", "--project", folder]);
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/^error FS_\w+/);
  expect(run.stderr).not.toMatch(/\n\s+at /);
  const told = await runFeature(["validate", "--project", folder, "--debug"]);
  expect(told.stderr).toMatch(/\n\s+at .*src\/cli\/project-files\.ts:\d+/);
});
