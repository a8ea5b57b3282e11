import { openScratch } from "../../src/engine/open.js";
import { describeApply } from "./apply/suite.js";

describeApply("embedded", openScratch);
