/** Somebody's claim on one version of an object: as long as it stands, the version is neither dropped nor switched away. */
export interface Pin {
  /** Who needs it: `model:trend_baseline@3`. */
  readonly holder: string;
  /** `vector:trend_v1`. */
  readonly object: string;
  /** The data hash of the version, whole. */
  readonly version: string;
}
