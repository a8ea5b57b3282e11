import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.js";

// Two projects: `unit` is pure and fast (part of `npm run check`); `engine` runs against real engines, each file in a
// process of its own, because a process holds exactly one chDB data directory.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 30_000,
          // What is pure needs no fresh modules for every file: half the time goes.
          isolate: false,
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: "test/support/scratch-in-memory.ts",
          pool: "forks",
          maxWorkers: 2,
          // After the fast ones: the two projects differ in how many files run at a time.
          sequence: { groupOrder: 1 },
          // Against what hangs, not what is slow: a busy machine may take several times as long.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
