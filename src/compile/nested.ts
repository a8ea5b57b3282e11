/** The layout of a SELECT inside of another one. */

/** FROM-text of a SELECT, or of other text over several lines. */
export function nested(select: string): string {
  return `(\n${indent(select)}\n)`;
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
