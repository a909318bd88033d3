// Packs plotly's file into library: see README.md.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const here = (path) => new URL(path, import.meta.url);
const { version, main } = createRequire(import.meta.url)('plotly.js-cartesian-dist-min/package.json');
const file = main.replace(/^\.?\/*/, '');
const script = readFileSync(here(`node_modules/plotly.js-cartesian-dist-min/${file}`));
if (!script.includes('Plotly')) {
  console.error(`pack: ${file} of version ${version} is not plotly`);
  process.exit(1);
}
// Whoever builds at the same time sees all of it, or nothing.
const partial = here('node_modules/plotly.js.gz');
writeFileSync(partial, gzipSync(script, { level: 9 }));
renameSync(partial, here('library/plotly.js.gz'));
