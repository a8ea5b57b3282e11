/** Every check of `feature verify`, in the order in which they run: cheap ones first. A new one is added here. */
import type { Check } from "./check.js";
import { expectations } from "./expect.js";
import { leakage } from "./leakage.js";
import { monotonic } from "./monotonic.js";
import { parity } from "./parity.js";

export const checks: readonly Check[] = [monotonic, expectations, parity, leakage];
