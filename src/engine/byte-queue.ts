/** Bytes that have arrived in chunks and are not read yet. Readers ask `ready(n)` first; reading more than that is a defect. */
export class ByteQueue {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #last = "";
  #lastFrom = 0;
  #lastLength = -1;

  get length(): number {
    return this.#buffer.length - this.#at + this.#partBytes;
  }

  /** Chunks are kept, not copied, until a value spans two of them. */
  push(chunk: Uint8Array): void {
    this.#parts.push(chunk);
    this.#partBytes += chunk.byteLength;
  }

  /** Whether `bytes` bytes can be read now. */
  ready(bytes: number): boolean {
    if (this.#buffer.length - this.#at >= bytes) return true;
    if (this.length < bytes) return false;
    this.#join();
    return true;
  }

  /** The next byte without reading it. */
  next(): number {
    return this.#buffer[this.#at] ?? 0;
  }

  byte(): number {
    return this.#buffer[this.#at++] ?? 0;
  }

  /** UTF-8 text. Neighbours are often equal (keys of a sorted result): comparing is much cheaper than decoding again. */
  text(bytes: number): string {
    const from = this.#at;
    this.#at += bytes;
    if (bytes !== this.#lastLength || !this.#sameAsLast(from)) {
      this.#last = this.#buffer.toString("utf8", from, this.#at);
      this.#lastLength = bytes;
    }
    this.#lastFrom = from;
    return this.#last;
  }

  fill(target: Uint8Array): void {
    this.#buffer.copy(target, 0, this.#at, this.#at + target.byteLength);
    this.#at += target.byteLength;
  }

  #sameAsLast(from: number): boolean {
    for (let index = 0; index < this.#lastLength; index++) {
      if (this.#buffer[from + index] !== this.#buffer[this.#lastFrom + index]) return false;
    }
    return true;
  }

  #join(): void {
    this.#lastLength = -1;
    const rest = this.#buffer.subarray(this.#at);
    const only = this.#parts[0];
    if (rest.length === 0 && this.#parts.length === 1 && only !== undefined) {
      this.#buffer = Buffer.from(only.buffer, only.byteOffset, only.byteLength);
    } else {
      this.#buffer = Buffer.concat([rest, ...this.#parts]);
    }
    this.#at = 0;
    this.#parts = [];
    this.#partBytes = 0;
  }
}
