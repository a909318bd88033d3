// What scripts know from elsewhere: the part of it that a turn can have, and words
// for what it cannot.
import { host } from "./engine/host.js";
import { bytes } from "./engine/values.js";

Math.random = () => host.random();

globalThis.crypto = {
  getRandomValues(array) {
    const view = bytes(array, "crypto.getRandomValues: what is to be filled");
    if (typeof array === "string" || view.length > 65536) {
      throw new TypeError("crypto.getRandomValues fills at most 65536 bytes of a typed array");
    }
    host.fill(view.buffer, view.byteOffset, view.length);
    return array;
  },
  randomUUID() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};

globalThis.TextEncoder = class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(text = "") { return new Uint8Array(host.encode(String(text).toWellFormed())); }
};

globalThis.TextDecoder = class TextDecoder {
  #fatal; #ignoreBOM;
  constructor(encoding = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^utf-?8$/i.test(encoding)) {
      throw new RangeError(`TextDecoder: only utf-8 is known, not ${encoding}`);
    }
    this.#fatal = fatal;
    this.#ignoreBOM = ignoreBOM;
  }
  get encoding() { return "utf-8"; }
  decode(data = new Uint8Array(0)) {
    if (typeof data === "string") throw new TypeError("TextDecoder: the data must be bytes");
    const view = bytes(data, "TextDecoder: the data");
    const text = decode(view);
    if (this.#fatal && text.includes("\ufffd") && !sameBytes(view, text)) {
      throw new TypeError("TextDecoder: the data are not UTF-8");
    }
    return !this.#ignoreBOM && text.startsWith("\ufeff") ? text.slice(1) : text;
  }
};

function decode(view) {
  return host.decode(view.buffer, view.byteOffset, view.length).toWellFormed();
}

function sameBytes(view, text) {
  const other = new Uint8Array(host.encode(text));
  return other.length === view.length && view.every((b, i) => b === other[i]);
}

const timers = "a turn does not wait; session.setTimer(name, ms) sets a timer, " +
  "whose event comes in a turn of its own";
const requests = "a turn does not wait; session.http(name, request) has the host ask, " +
  "and onEvent gets the answer";

Object.entries({
  setTimeout: timers,
  setInterval: timers,
  setImmediate: "a turn does not wait; await Promise.resolve() lets other promises go first",
  fetch: requests,
  XMLHttpRequest: requests,
  WebSocket: requests,
  require: "bothost build puts what is imported into the bot",
}).forEach(([name, hint]) => {
  globalThis[name] = function () {
    throw new Error(`${name} is not there for bots: ${hint}`);
  };
});
