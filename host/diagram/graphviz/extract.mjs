// Takes the Wasm module out of the npm package @viz-js/viz: see README.md.
//
//	node extract.mjs FOLDER/node_modules/@viz-js/viz graphviz.wasm.gz
//
// The package holds it as a string in an encoding of its own, which its own code
// decodes: what it hands to WebAssembly.instantiate is what we want.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [folder, target] = process.argv.slice(2);
const instantiate = WebAssembly.instantiate;
let module;
WebAssembly.instantiate = (bytes, imports) => {
  module = bytes;
  return instantiate.call(WebAssembly, bytes, imports);
};
const viz = await import(pathToFileURL(resolve(folder, "dist/viz.js")).href);
await viz.instance();
writeFileSync(target, gzipSync(module, { level: 9 }));
