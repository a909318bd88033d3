// Builds the engine: QuickJS of npm, our adapters and the SDK, in one module that holds
// the memory as it is when the SDK has run. So an instance starts with the
// interpreter made, and runs the bot's script at once. See ../README.md.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import binaryen from "binaryen";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (part) => readFileSync(here(`../${part}`), "utf8");
const quickjs = here("../node_modules/quickjs-wasi/quickjs.wasm");
const target = here("../../../host/toolchain/script/engine/quickjs.wasm.gz");

// The SDK, each module before those that need it at once.
const parts = [
  "engine/host.js", "engine/values.js", "session.js", "bot.js", "files.js", "replies.js",
  "clauses.js", "dialog.js", "bothost.js", "engine/error.js", "console.js", "web.js", "engine/start.js",
];

// What is between QuickJS and the contract, and as what the others import it.
const adapters = { start: "start", calls: "env", texts: "texts", wasi: "wasi_snapshot_preview1" };

// QuickJS throws when its stack is this large, in bytes. It has 1 MiB, but what runs it
// has a stack too, of which a host gives it 8 MiB (stack-bytes). Of what recurs, nested
// values in JSON need most of that: with 320 KiB here, they meet the host's limit.
const stackSize = 224 * 1024;

// The exports that a host calls, in package abi's order.
const exports = [
  "memory", "_initialize", "describe", "on_start", "on_message", "on_voice", "on_file",
  "on_event", "on_enter", "on_fallback", "check",
];

const features = [
  "bulk-memory", "bulk-memory-opt", "sign-ext", "mutable-globals", "nontrapping-float-to-int",
  "multivalue", "reference-types",
];

const work = mkdtempSync(join(tmpdir(), "js-engine-"));
try {
  const merged = merge();
  const engine = snapshot(merged);
  const module = Buffer.concat([engine, section("bothost.sources", sources())]);
  // Whoever builds at the same time sees all of it, or nothing.
  const partial = join(here("../node_modules"), "quickjs.wasm.gz");
  writeFileSync(partial, gzipSync(module, { level: 9 }));
  renameSync(partial, target);
} finally {
  rmSync(work, { recursive: true });
}

// sources is the hash of what the engine is made of, which a test compares.
function sources() {
  const hash = createHash("sha256");
  const wat = Object.keys(adapters).map((name) => `engine/${name}.wat`);
  for (const part of [...parts, ...wat, "engine/build.mjs", "package-lock.json"].sort()) {
    hash.update(read(part)).update("\0");
  }
  return hash.digest("hex");
}

// merge joins adapters and interpreter, and drops what nobody calls.
function merge() {
  const flags = features.map((f) => `--enable-${f}`);
  const tool = (name, ...args) => execFileSync(process.execPath,
    [here(`../node_modules/binaryen/bin/${name}`), ...flags, ...args],
    { stdio: ["ignore", "ignore", "inherit"] });
  const file = (name) => join(work, name);

  const modules = Object.entries(adapters).flatMap(([name, imported]) => {
    writeFileSync(file(name + ".wat"), adapter(name));
    tool("wasm-as", "-g", file(name + ".wat"), "-o", file(name + ".wasm"));
    return [file(name + ".wasm"), imported];
  });
  tool("wasm-merge", "-g", ...modules, quickjs, "q", "--rename-export-conflicts",
    "-o", file("merged.wasm"));
  const kept = ["prepare", ...exports];
  writeFileSync(file("kept.json"), JSON.stringify([
    { name: "host", root: true, reaches: kept },
    ...kept.map((name) => ({ name, export: name })),
  ]));
  tool("wasm-metadce", "-g", file("merged.wasm"), "-f", file("kept.json"), "-o", file("kept.wasm"));
  return readFileSync(file("kept.wasm"));
}

// bundle makes one function of the SDK: without imports and exports, for no two of its
// modules have a name in common (a test of package script holds that).
function bundle() {
  const code = parts.map(read).join("\n")
    .replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, "");
  return `(function () { "use strict";\n${code}\nreturn calls; })()`;
}

// adapter returns the text of an adapter, with the SDK put into it.
function adapter(name) {
  const prelude = Buffer.from(bundle() + "\0");
  const text = prelude.toString("latin1").replace(/[^ !#-[\]-~]/g, (c) =>
    "\\" + c.charCodeAt(0).toString(16).padStart(2, "0"));
  return read(`engine/${name}.wat`)
    .replace("@PRELUDE@", () => text)
    .replace("@PRELUDE_SIZE@", prelude.length)
    .replace("@STACK_SIZE@", stackSize);
}

// snapshot runs prepare, and returns the module with memory and globals as they are
// then, without what is not needed any more.
function snapshot(bytes) {
  const m = binaryen.readBinary(bytes);
  const { BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt, Multivalue,
    ReferenceTypes } = binaryen.Features;
  m.setFeatures(BulkMemory | BulkMemoryOpt | SignExt | MutableGlobals | NontrappingFPToInt |
    Multivalue | ReferenceTypes);
  const globals = [];
  for (let i = 0; i < m.getNumGlobals(); i++) {
    const info = binaryen.getGlobalInfo(m.getGlobalByIndex(i));
    if (info.mutable && !info.module) globals.push(info);
  }
  globals.forEach(({ name }, i) => m.addGlobalExport(name, `global ${i}`));
  const instance = start(m.emitBinary());

  globals.forEach(({ name, type }, i) => {
    const value = instance.exports[`global ${i}`].value;
    m.removeExport(`global ${i}`);
    m.removeGlobal(name);
    m.addGlobal(name, type, true, m.i32.const(value));
  });
  m.removeExport("prepare");
  m.runPasses(["duplicate-import-elimination", "remove-unused-module-elements"]);
  const memory = new Uint8Array(instance.exports.memory.buffer);
  m.removeExport("memory");
  m.setMemory(memory.length >> 16, 65536, "memory", segments(m, memory));
  if (!m.validate()) throw new Error("the engine is not valid");
  binaryen.setDebugInfo(true); // keeps the functions' names
  return Buffer.from(m.emitBinary());
}

// start runs prepare. Nothing of this machine gets into the engine: no time, and no
// randomness.
function start(bytes) {
  const imports = {};
  const module = new WebAssembly.Module(bytes);
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => { throw new Error(`prepare calls ${name}`); };
  }
  imports.bothost_v1.now = () => 0n;
  imports.bothost_v1.random = () => {};
  const instance = new WebAssembly.Instance(module, imports);
  instance.exports.prepare();
  return instance;
}

// segments are the parts of a memory that are not zero. To an instance that starts,
// gaps cost less than many segments.
function segments(m, memory) {
  const gap = 256;
  const list = [];
  for (let at = 0; at < memory.length;) {
    if (memory[at] === 0) {
      at++;
      continue;
    }
    let end = at + 1;
    for (let i = end; i < memory.length && i - end < gap; i++) {
      if (memory[i] !== 0) end = i + 1;
    }
    list.push({ offset: m.i32.const(at), data: memory.slice(at, end), passive: false });
    at = end;
  }
  return list;
}

// section is a custom section.
function section(name, text) {
  const leb = (n) => {
    const digits = [];
    do {
      digits.push((n & 127) | (n > 127 ? 128 : 0));
      n >>>= 7;
    } while (n > 0);
    return Buffer.from(digits);
  };
  const body = Buffer.concat([leb(name.length), Buffer.from(name + text)]);
  return Buffer.concat([Buffer.from([0]), leb(body.length), body]);
}
