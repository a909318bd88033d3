// Values between a bot and the host, which knows texts, numbers and bytes. What a bot
// gives is checked here, where a mistake has its place in the bot: the host could
// only say that there is one.
import { host } from "./host.js";

// kind says what a value is, in words.
export function kind(value) {
  if (value == null || typeof value === "number" && !Number.isFinite(value)) return String(value);
  const type = Array.isArray(value) ? "array" : typeof value;
  return (/^[aeiou]/.test(type) ? "an " : "a ") + type;
}

function refuse(value, what, must) {
  throw new TypeError(`${what} must be ${must}, is ${kind(value)}`);
}

// string returns a text in a form that UTF-8 can say.
export function string(value, what) {
  if (typeof value !== "string") refuse(value, what, "a string");
  return value.toWellFormed();
}

// words is string for what people read, where a number is as good.
export function words(value, what) {
  if (typeof value === "string") return value.toWellFormed();
  const plain = ["number", "bigint", "boolean"].includes(typeof value);
  return string(plain ? String(value) : value, what);
}

export function number(value, what) {
  if (!Number.isFinite(value)) refuse(value, what, "a finite number");
  return value;
}

export function callable(value, what) {
  if (typeof value !== "function") refuse(value, what, "a function");
  return value;
}

// json returns a value as JSON.
export function json(value, what) {
  return JSON.stringify(value) ?? refuse(value, what, "a value that JSON has");
}

// bytes returns the bytes of a buffer, of a view of one, or of a text in UTF-8.
export function bytes(value, what) {
  if (typeof value === "string") value = host.encode(value.toWellFormed());
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) refuse(value, what, "a Uint8Array, an ArrayBuffer or a string");
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

// toText returns a variable as it is kept: as the text that it is, which conditions of
// transitions compare and bots in other languages read, and what is no text as JSON.
// Texts that read as JSON are quoted, so that what was set is what get returns.
export function toText(value, what) {
  if (typeof value !== "string") return json(value, what);
  // All JSON begins like this; most texts do not.
  const isJSON = /^\s*[-\d"[{tfn]/.test(value) && fromText(value) !== value;
  return (isJSON ? JSON.stringify(value) : value).toWellFormed();
}

export function fromText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
