/** How scores of classes are made into probabilities: see `calibrate.ts`. */
export const calibrationMethods = ["platt", "isotonic"] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** Of the rows that a model is fitted to, the last ones in time: its probabilities are calibrated on them. */
export const calibrationShare = 0.2;
