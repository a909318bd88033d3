// console writes lines into the bot's log.
import { explain } from "./engine/error.js";
import { host } from "./engine/host.js";

// inspect returns a value as people read it: texts within others are quoted.
export function inspect(value, seen = [], depth = 0) {
  switch (typeof value) {
    case "string": return JSON.stringify(value);
    case "bigint": return value + "n";
    case "function": return `[function ${value.name || "without a name"}]`;
    case "object": break;
    default: return String(value);
  }
  if (value === null) return "null";
  if (value instanceof Error) return depth === 0 ? explain(value) : `[${String(value)}]`;
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (seen.includes(value)) return "[circular]";
  if (depth > 4) return Array.isArray(value) ? "[…]" : "{…}";
  return inspectObject(value, [...seen, value], depth + 1);
}

function inspectObject(value, seen, depth) {
  const all = (list, one) => {
    const shown = list.slice(0, 100).map(one);
    if (list.length > 100) shown.push(`… ${list.length - 100} more`);
    return shown.join(", ");
  };
  const of = (v) => inspect(v, seen, depth);
  const name = value.constructor?.name;
  if (Array.isArray(value)) return `[${all(value, of)}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${name}(${value.length}) [${all(Array.from(value.subarray(0, 101)), of)}]`;
  }
  if (value instanceof Map) return `Map {${all([...value], ([k, v]) => `${of(k)} => ${of(v)}`)}}`;
  if (value instanceof Set) return `Set {${all([...value], of)}}`;
  const body = all(Object.entries(value), ([k, v]) =>
    `${/^[\w$]+$/.test(k) ? k : JSON.stringify(k)}: ${of(v)}`);
  return (name && name !== "Object" ? name + " " : "") + (body ? `{ ${body} }` : "{}");
}

function write(level, values) {
  const line = values.map((v) => (typeof v === "string" ? v : inspect(v))).join(" ");
  host.log(line.toWellFormed(), level);
}

globalThis.console = {
  debug: (...values) => write(0, values),
  log: (...values) => write(1, values),
  info: (...values) => write(1, values),
  warn: (...values) => write(2, values),
  error: (...values) => write(3, values),
};
