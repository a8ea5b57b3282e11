import { openScratch } from "../../src/engine/open.js";
import { describeFetch } from "./fetch/suite.js";

describeFetch("embedded", openScratch);
