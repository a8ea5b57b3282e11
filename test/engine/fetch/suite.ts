import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import type { Subject } from "../port/subject.js";
import { describeDialect } from "./dialect.js";
import { describeEveryBucket } from "./every-bucket.js";
import { describePointInTime } from "./point-in-time.js";
import { describeSpineFiles } from "./spine-files.js";
import { describeTrainingSet } from "./training-set.js";
import { describeWrongSpines } from "./wrong-spines.js";

/** What a fetch must do on every engine. `open` is called once. */
export function describeFetch(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    let subject: Subject | undefined;
    beforeAll(async () => {
      const engine = await open();
      subject = { engine, folder: mkdtempSync(join(tmpdir(), "prism-fetch-")) };
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
    describeDialect(opened);
    describePointInTime(opened);
    describeSpineFiles(opened);
    describeWrongSpines(opened);
    describeEveryBucket(opened);
    describeTrainingSet(opened);
  });
}
