import { openScratch } from "../../src/engine/open.js";
import { describeCorpus } from "./corpus/suite.js";

describeCorpus("embedded", openScratch);
