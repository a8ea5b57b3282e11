// Written by scripts/client.ts. Do not edit; run `npx tsx scripts/client.ts`.
/** The binary form of rows (docs/serving.md): little endian, every number at a multiple of 8. */
export const binaryType = "application/vnd.prism.rows";
const statuses = ["fresh", "stale", "empty"];
/** Throws a RangeError for bytes that are not this form. */
export function decodeRows(bytes) {
    const view = new DataView(bytes);
    const magic = bytes.byteLength < 48 ? "" : new TextDecoder("latin1").decode(new Uint8Array(bytes, 0, 4));
    if (magic !== "PFR1")
        throw new RangeError("The bytes are not rows in the binary form.");
    const count = view.getUint32(4, true);
    const features = view.getUint32(8, true);
    const signature = Array.from(new Uint8Array(bytes, 16, 32), (byte) => byte.toString(16).padStart(2, "0"));
    const names = [];
    let at = 48;
    for (let left = view.getUint32(12, true); left > 0; left--) {
        const length = view.getUint16(at, true);
        names.push(new TextDecoder().decode(new Uint8Array(bytes, at + 2, length)));
        at += 2 + length;
    }
    at = (at + 7) & ~7;
    const bitmap = Math.ceil(features / 64) * 8;
    const integer = (place) => Number(view.getBigInt64(place, true));
    const rows = Array.from({ length: count }, (_, index) => {
        const row = at + index * (48 + bitmap + 8 * features);
        return {
            instrument: names[view.getUint32(row, true)] ?? "",
            status: statuses[view.getUint32(row + 4, true)] ?? "empty",
            ageS: view.getFloat64(row + 8, true),
            bucketId: integer(row + 16),
            bucketTsStart: integer(row + 24),
            bucketTsEnd: integer(row + 32),
            availableAt: integer(row + 40),
            nulls: new Uint8Array(bytes, row + 48, Math.ceil(features / 8)),
            values: new Float64Array(bytes, row + 48 + bitmap, features),
        };
    });
    return { signature: signature.join(""), features, rows };
}
