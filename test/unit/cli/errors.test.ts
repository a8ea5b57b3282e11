import { homedir } from "node:os";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { normaliseError } from "../../../src/cli/normalise-error.js";
import { packageRoot } from "../../../src/cli/package-root.js";
import { renderError } from "../../../src/cli/render-error.js";
import { scrubSecrets } from "../../../src/cli/scrub.js";
import { usageError } from "../../../src/cli/usage-error.js";
import { FeatureError, Findings } from "../../../src/errors.js";

describe("renderError", () => {
  const error = new FeatureError("FS_CLI_USAGE", "Found a.\nExpected b.", {
    object: "vpin",
    at: { file: "features/vpin.yaml", line: 3, column: 7 },
    hint: "Write b.",
    cause: new Error("the cause"),
  });

  it("is one block: code, object, place, message, hint", () => {
    expect(renderError(error, false)).toBe(
      "error FS_CLI_USAGE  vpin  features/vpin.yaml:3:7\n  Found a.\n  Expected b.\n  hint: Write b.\n",
    );
  });

  it("has stacks with --debug only", () => {
    expect(renderError(error, true)).toMatch(/errors\.test\.ts[\s\S]*caused by Error: the cause/);
  });
});

describe("normaliseError", () => {
  it("keeps the product's own errors", () => {
    const one = new FeatureError("FS_CLI_USAGE", "x");
    expect(normaliseError(one)).toEqual([one]);
    expect(normaliseError(new Findings([one, one]))).toEqual([one, one]);
  });

  it("turns anything else into FS_INTERNAL without this machine's paths", () => {
    const [error] = normaliseError(new TypeError(`${packageRoot}src/x.ts and ${homedir()}/y are broken`));
    expect(error?.code).toBe("FS_INTERNAL");
    expect(error?.message).toMatch(/^TypeError: <prism-features>\/src\/x\.ts and /);
    expect(error?.message).not.toContain(packageRoot);
    expect(normaliseError("thrown text")[0]?.message).toBe("thrown text");
  });

  it("tells what the system refused, with the file", () => {
    const refused = Object.assign(new Error("EACCES: permission denied, open '/x/y'"), {
      syscall: "open",
      path: "/x/y",
    });
    expect(normaliseError(refused)[0]?.report()).toMatchObject({
      code: "FS_CLI_FILE",
      message: "permission denied (open)",
      file: "/x/y",
    });
  });
});

describe("scrubSecrets", () => {
  it("hides passwords in URLs and the values of secret variables", () => {
    const env = { CLICKHOUSE_PASSWORD: "hunter22", HOME: "/h", SHORT_TOKEN: "a" };
    const text = "https://user:pw@host:8123 refused hunter22 in /h, a";
    expect(scrubSecrets(text, env)).toBe("https://***@host:8123 refused *** in /h, a");
  });
});

describe("usageError", () => {
  it("turns a suggestion into the hint", () => {
    const error = new CommanderError(1, "x", "error: unknown option '--jso'\n(Did you mean --json?)");
    expect(usageError(error, "buckets build").report()).toEqual({
      code: "FS_CLI_USAGE",
      message: "Unknown option '--jso'.",
      hint: "Did you mean --json? Or run `feature buckets build --help`.",
    });
  });

  it("names a missing command", () => {
    const error = new CommanderError(1, "commander.help", "(outputHelp)");
    expect(usageError(error, "").message).toBe("Expected a command, found none.");
    expect(usageError(error, "buckets").message).toBe("Expected a command below `buckets`, found none.");
  });
});
