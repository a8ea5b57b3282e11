import { open } from "node:fs/promises";

/** What a file's first bytes say it is, whatever its name. */
export type Signature = "empty" | "zip" | "gzip" | "parquet" | "foreign" | "other";

const signatures: readonly { readonly signature: Signature; readonly bytes: readonly number[] }[] = [
  { signature: "zip", bytes: [0x50, 0x4b, 0x03, 0x04] },
  // A zip without members.
  { signature: "zip", bytes: [0x50, 0x4b, 0x05, 0x06] },
  { signature: "gzip", bytes: [0x1f, 0x8b] },
  { signature: "parquet", bytes: [0x50, 0x41, 0x52, 0x31] },
  // zstd, xz, bzip2, 7z: compressed in a way that is not read.
  { signature: "foreign", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { signature: "foreign", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { signature: "foreign", bytes: [0x42, 0x5a, 0x68] },
  { signature: "foreign", bytes: [0x37, 0x7a, 0xbc, 0xaf] },
];

export async function readSignature(path: string): Promise<Signature> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(8), position: 0 });
    if (bytesRead === 0) return "empty";
    const found = signatures.find(({ bytes }) => bytes.every((byte, index) => buffer[index] === byte));
    return found?.signature ?? "other";
  } finally {
    await handle.close();
  }
}
