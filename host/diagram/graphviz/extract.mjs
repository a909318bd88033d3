// Takes Graphviz' Wasm module out of the npm package @viz-js/viz: see README.md.
//
// The package holds it as a string in an encoding of its own, which its own code
// decodes: what it hands to WebAssembly.instantiate is what we want.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { instance } from "@viz-js/viz";

const here = (path) => new URL(path, import.meta.url);
const { sha256 } = JSON.parse(readFileSync(here("package.json"))).config;

let module;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (bytes, imports) => {
  module = bytes;
  return instantiate.call(WebAssembly, bytes, imports);
};
await instance();

const got = createHash("sha256").update(module).digest("hex");
if (got !== sha256) {
  console.error(`extract: the module's sha256 is ${got}, package.json wants ${sha256}`);
  process.exit(1);
}
// Whoever builds at the same time sees all of it, or nothing.
const partial = here("node_modules/graphviz.wasm.gz");
writeFileSync(partial, gzipSync(module, { level: 9 }));
renameSync(partial, here("module/graphviz.wasm.gz"));
