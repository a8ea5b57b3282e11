import { defineConfig } from "vitest/config";

// Two projects: `unit` is pure and fast (part of `npm run check`); `engine` runs against real engines,
// one file at a time in its own process, because a process holds exactly one chDB data directory.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
