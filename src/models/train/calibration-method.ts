/** How scores of classes are made into probabilities: see `calibrate.ts`. */
export const calibrationMethods = ["platt", "isotonic"] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];
