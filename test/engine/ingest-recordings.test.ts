import { openScratch } from "../../src/engine/open.js";
import { describeRecordings } from "./ingest/recordings.js";

describeRecordings("embedded", openScratch);
