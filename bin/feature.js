#!/usr/bin/env node
// Runs the TypeScript sources without a build step, so `npx feature` works right after `npm ci` and from the packed
// tarball, with install scripts switched off: from a bundle that the first call makes, or else through tsx. The
// tsconfig.json of the folder that the command is called in has no say.
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";

const argv = process.argv.slice(2);
const bundled = await bundle(fileURLToPath(new URL("../", import.meta.url)));
if (bundled === undefined) (await import("tsx/esm/api")).register({ tsconfig: false });
// Stacks then name the sources.
else if (argv.includes("--debug")) process.setSourceMapsEnabled(true);
const { main } = await import(bundled ?? "../src/cli/main.ts");
await main(argv);
