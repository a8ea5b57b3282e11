import { openScratch } from "../../src/engine/open.js";
import { describeStore } from "./ingest/store.js";

describeStore("embedded", openScratch);
