#!/usr/bin/env node
// Runs the TypeScript sources as they are: no build step, so `npx feature` works right after `npm ci`
// and from the packed tarball, with install scripts switched off. The tsconfig.json of the folder that the
// command is called in has no say.
import { register } from "tsx/esm/api";

register({ tsconfig: false });
const { main } = await import("../src/cli/main.ts");
await main(process.argv.slice(2));
