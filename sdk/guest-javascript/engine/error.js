// What operators read of an error: its words, and where it was thrown, in the
// bot's own files.
import { inspect } from "../console.js";
import { host } from "./host.js";

// explain returns the words of whatever was thrown, with the stack, and those of
// its causes.
export function explain(error) {
  const parts = [];
  for (let e = error, depth = 0; depth < 5; e = e.cause, depth++) {
    parts.push((depth > 0 ? "caused by: " : "") + explainOne(e));
    if (!(e instanceof Error) || e.cause === undefined) break;
  }
  return parts.join("\n");
}

function explainOne(error) {
  if (!(error instanceof Error)) return "thrown: " + inspect(error);
  const stack = trace(error.stack);
  const inner = error instanceof AggregateError && Array.isArray(error.errors)
    ? error.errors.slice(0, 5).map((e) => "\n- " + explainOne(e)).join("") : "";
  return String(error) + (stack && "\n" + stack) + inner;
}

// trace returns a stack in places of the bot's files, without ours.
function trace(stack) {
  if (typeof stack !== "string") return "";
  return stack.split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("prelude.js"))
    .map((line) => line.replace(/\bbot\.js:(\d+)(?::(\d+))?/, place))
    .join("\n");
}

// place returns where something stands that is in a line and a column of the
// bundle.
function place(all, line, column = "1") {
  try {
    return original(Number(line), Number(column)) ?? all;
  } catch {
    return all; // no source map that can be read
  }
}

// The source map follows the script's final zero in the asset. It is read when
// there is an error, and not kept: there should be none.
function original(line, column) {
  const asset = host.asset();
  const end = asset.indexOf("\0");
  if (end < 0) return undefined;
  const { sources, mappings } = JSON.parse(asset.slice(end + 1));
  const found = locate(mappings, line, column);
  return found && `${sources[found[0]]}:${found[1] + 1}:${found[2] + 1}`;
}

// locate finds the last segment of a source map's line that is not after a column:
// [index of the source, line, column], from 0. Lines and columns of the bundle are
// from 1. Numbers are in base 64, five bits a digit, as differences.
function locate(mappings, line, column) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let at = [0, 0, 0]; // source, line, column
  let found;
  let i = 0;
  for (let current = 1; current <= line && i < mappings.length; current++, i++) {
    for (let start = 0; i < mappings.length && mappings[i] !== ";";) {
      const fields = [];
      while (i < mappings.length && mappings[i] !== "," && mappings[i] !== ";") {
        let value = 0, shift = 0, digit;
        do {
          digit = digits.indexOf(mappings[i++]);
          value |= (digit & 31) << shift;
          shift += 5;
        } while (digit & 32);
        fields.push(value & 1 ? -(value >> 1) : value >> 1);
      }
      if (mappings[i] === ",") i++;
      start += fields[0];
      if (fields.length >= 4) at = [at[0] + fields[1], at[1] + fields[2], at[2] + fields[3]];
      if (current === line && start < column && fields.length >= 4) found = at;
    }
  }
  return found;
}
