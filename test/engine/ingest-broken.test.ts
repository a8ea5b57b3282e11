import { openScratch } from "../../src/engine/open.js";
import { describeBroken } from "./ingest/broken.js";

describeBroken("embedded", openScratch);
