// The functions of the contract, as adapter.wat has them: by letters, which bots do
// not see.
const host = {};
Object.entries({
  A: "input", B: "event", C: "state", D: "asset", E: "eventGet", F: "sessionGet",
  G: "configGet", H: "history",
  I: "reply", J: "replyOptions", K: "output", L: "fail", M: "move", N: "sessionDelete",
  O: "timerCancel", P: "log", Q: "replyDelta",
  R: "replyAs", S: "sessionSet", T: "httpStart", U: "timerSet", V: "replyFile",
  W: "now", X: "random", Y: "fill", Z: "fileRead", "[": "encode", "\\": "decode",
  "]": "replyEnd", "^": "die",
}).forEach(([letter, name]) => {
  host[name] = globalThis[letter];
  delete globalThis[letter];
});

// kind says what a value is, in words.
function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  const type = typeof value;
  return type === "undefined" ? type : (/^[aeiou]/.test(type) ? "an " : "a ") + type;
}

// string returns a text in a form that UTF-8 can say. What is none is a mistake of
// the bot, which reads here where it is: the host could only say that there is one.
function string(value, what) {
  if (typeof value !== "string") {
    throw new TypeError(`${what} must be a string, is ${kind(value)}`);
  }
  return value.toWellFormed();
}

// words is string for what people read, where a number is as good.
function words(value, what) {
  if (typeof value === "string") return value.toWellFormed();
  const plain = ["number", "bigint", "boolean"].includes(typeof value);
  return string(plain ? String(value) : value, what);
}

function number(value, what) {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    const is = typeof value === "number" ? value : kind(value);
    throw new TypeError(`${what} must be a finite number, is ${is}`);
  }
  return value;
}

function callable(value, what) {
  if (typeof value !== "function") {
    throw new TypeError(`${what} must be a function, is ${kind(value)}`);
  }
  return value;
}

// json returns a value as JSON.
function json(value, what) {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError(`${what} must be a value that JSON has, is ${kind(value)}`);
  }
  return text;
}

// bytes returns the bytes of a buffer, of a view of one, or of a text in UTF-8.
function bytes(value, what) {
  if (typeof value === "string") value = host.encode(value.toWellFormed());
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  throw new TypeError(
    `${what} must be a Uint8Array, an ArrayBuffer or a string, is ${kind(value)}`);
}
