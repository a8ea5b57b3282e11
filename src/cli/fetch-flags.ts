import type { OutFormat, SpineFormat } from "../fetch/file-format.js";

/** The options of `feature fetch`, parsed. */
export interface FetchFlags {
  readonly vector: readonly string[];
  readonly labels?: readonly string[];
  readonly out: string;
  readonly spine?: string;
  readonly spineSql?: string;
  readonly everyBucket?: boolean;
  readonly exclude?: string;
  readonly asOfRevision?: number;
  readonly format?: OutFormat;
  readonly spineFormat?: SpineFormat;
}
