// Files of an event as objects, of which the host has the bytes.
import { number } from "./engine/values.js";
import { Session } from "./session.js";

class File {
  #session;
  #index;
  constructor({ name, type, size }, session, index) {
    this.name = name;
    this.type = type;
    this.size = size;
    this.#session = session;
    this.#index = index;
  }
  // read returns at most so many bytes from an offset on.
  read(offset, length) {
    number(offset, "read: the offset");
    const data = new Uint8Array(number(length, "read: the length"));
    let at = 0;
    while (at < length) {
      const n = this.#session.fileRead(this.#index, offset + at, data.subarray(at));
      if (n < 0) throw new Error(`the host has no bytes of the file ${this.name}`);
      if (n === 0) break;
      at += n;
    }
    return at < length ? data.subarray(0, at) : data;
  }
  bytes() { return this.read(0, this.size); }
  text() { return new TextDecoder().decode(this.bytes()); }
}

Object.defineProperty(Session.prototype, "files", {
  get() { return (this.event.files ?? []).map((file, i) => new File(file, this, i)); },
});
