import { openScratch } from "../../src/engine/open.js";
import { describeFormats } from "./ingest/formats.js";

describeFormats("embedded", openScratch);
