import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { describeErrors } from "./errors.js";
import { describeFiles } from "./files.js";
import { describeIntrospection } from "./introspection.js";
import { describeNative } from "./native.js";
import { describeParameters } from "./parameters.js";
import { describeSettings } from "./settings.js";
import { describeStreams } from "./streams.js";
import type { Subject } from "./subject.js";

/** What every engine must answer alike. `open` is called once. */
export function describeEngine(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    let subject: Subject | undefined;
    beforeAll(async () => {
      const engine = await open();
      subject = { engine, folder: mkdtempSync(join(tmpdir(), "prism-engine-")) };
      await engine.execute("CREATE DATABASE suite ENGINE = Atomic");
    });
    afterAll(async () => {
      if (subject === undefined) return;
      await subject.engine.execute("DROP DATABASE IF EXISTS suite SYNC");
      await subject.engine.close();
      rmSync(subject.folder, { recursive: true, force: true });
    });
    const opened = (): Subject => {
      if (subject === undefined) throw new Error("the engine is not open");
      return subject;
    };
    describeParameters(opened);
    describeSettings(opened);
    describeErrors(opened);
    describeStreams(opened);
    describeFiles(opened);
    describeNative(opened);
    describeIntrospection(opened);
  });
}
