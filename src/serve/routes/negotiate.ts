import { binaryType } from "../wire/row-binary.js";

export const ndjsonType = "application/x-ndjson";
export const arrowType = "application/vnd.apache.arrow.stream";

/** What an Accept header asks for, among the forms that a route has beside JSON. Quality values are not weighed: the first that is there. */
export function accepted<Form extends string>(
  accept: string | undefined,
  forms: readonly Form[],
): Form | undefined {
  if (accept === undefined) return undefined;
  return forms.find((form) => accept.includes(form));
}

export function wantsBinary(accept: string | undefined): boolean {
  return accepted(accept, [binaryType]) !== undefined;
}
