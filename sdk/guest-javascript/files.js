// Files of an event, of which the host has the bytes.
import { number } from "./values.js";

export class File {
  #fill;
  // fill puts bytes into an array, and returns their number: less than 0 if there is
  // no file.
  constructor({ name, type, size }, fill) {
    this.name = name;
    this.type = type;
    this.size = size;
    this.#fill = fill;
  }
  // read returns at most so many bytes from an offset on.
  read(offset, length) {
    number(offset, "read: the offset");
    const data = new Uint8Array(number(length, "read: the length"));
    let at = 0;
    while (at < length) {
      const n = this.#fill(data, at, offset + at);
      if (n < 0) throw new Error(`the host has no bytes of the file ${this.name}`);
      if (n === 0) break;
      at += n;
    }
    return at < length ? data.subarray(0, at) : data;
  }
  bytes() { return this.read(0, this.size); }
  text() { return new TextDecoder().decode(this.bytes()); }
}
