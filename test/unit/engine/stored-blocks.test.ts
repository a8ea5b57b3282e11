import { expect, it } from "vitest";
import { storedBlocks } from "../../../src/engine/stored-blocks.js";

const blocks = (folders: string, empty = ""): string =>
  storedBlocks(folders.split(" "), (folder) => (empty.split(" ").includes(folder) ? 0 : 5));

it("a merge changes nothing, while the parts that it merged are there and when they are gone", () => {
  const before = blocks("all_1_1_0 all_2_2_0 all_3_3_0 202401_1_1_0");
  expect(blocks("all_1_1_0 all_1_3_1 all_2_2_0 all_3_3_0 202401_1_1_0")).toBe(before);
  expect(blocks("202401_1_1_0 all_1_3_1")).toBe(before);
});

it("an insert, a mutation, and parts that were dropped do", () => {
  const before = blocks("all_1_3_1 all_4_4_0");
  expect(blocks("all_1_3_1 all_4_4_0 all_5_5_0")).not.toBe(before);
  expect(blocks("all_1_3_1 all_1_3_1_5 all_4_4_0 all_4_4_0_5")).not.toBe(before);
  expect(blocks("all_1_3_1 all_1_4_2 all_4_4_0", "all_1_4_2")).toBe("");
  expect(blocks("all_1_3_1")).not.toBe(before);
});

it("what is no part counts for nothing", () => {
  expect(blocks("all_1_1_0 detached format_version.txt tmp_insert_all_2_2_0 deduplication_logs")).toBe(
    "all_1_1_0",
  );
});
