import { fileURLToPath } from "node:url";

/** The folder of the installed package: it holds the stock project, the schemas and bin/. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
