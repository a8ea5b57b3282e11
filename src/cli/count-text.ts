/** 1234567 → 1,234,567. */
export const countText = (count: number) => count.toLocaleString("en-US");

/** `3 views`, `1 vector`: the plural is the noun with an s. */
export const plural = (count: number, noun: string) => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
