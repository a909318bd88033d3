// What each kind of entry looks like, and what is read of it aloud. A kind that is
// not here, as of a newer host, and a body that is not what its kind says, are
// shown as text.
import { el, bytes } from './dom.js';
import { linked, markup } from './markup.js';
import { choices } from './kind-options.js';
import { table } from './kind-table.js';
import { chart, chartTitle } from './kind-chart.js';
import { place } from './kind-place.js';
import { answer } from './kind-answer.js';
import { steps, tasks } from './kind-steps.js';
import { screens, firstScreen } from './kind-screens.js';
import { files } from './kind-files.js';

const plain = { make: (item) => words(String(item.body)), say: (item) => String(item.body) };

const kinds = {
  text: plain,
  notice: plain,
  stream: { make: (item) => el('div', { class: 'words streaming' }, item.body), say: () => '' },
  option: { make: (item) => words(item.label ?? item.body), say: (item) => item.label ?? item.body },
  json: { make: (item) => code(item.body), say: () => 'A JSON message' },
  markdown: { make: html, say: spoken },
  html: { make: html, say: spoken },
  options: {
    make: choices,
    say: (item) => `Choose: ${item.body.map((o) => o.label).join(', ')}`,
  },
  dataframe: {
    make: (item, page) => table(item.body, page),
    say: ({ body }) => `Table with ${body.rows.length} rows: ${body.columns.join(', ')}`,
  },
  plotly: { make: chart, say: (item) => `Chart: ${chartTitle(item.body)}` },
  location: { make: place, say: ({ body }) => `Place: ${body.latitude}, ${body.longitude}` },
  rag: { make: answer, say: (item) => item.body.answer },
  reasoning: { make: steps, say: (item) => item.body.summary },
  tasks: { make: tasks, say: (item) => `Tasks: ${item.body.map((t) => t.description).join(', ')}` },
  gui: { make: screens, say: (item) => `A form: ${firstScreen(item.body)}` },
  gui_update: { make: screens, say: (item) => `A form: ${firstScreen(item.body)}` },
  file: { make: files, say: sayFiles },
  files: { make: files, say: sayFiles },
  image: { make: files, say: sayFiles },
  audio: { make: files, say: sayFiles },
  voice: { make: files, say: () => 'A voice message' },
};

/** content makes what an item shows; page is what it may do. */
export function content(item, page) {
  const kind = kinds[item.kind];
  try {
    if (kind) return kind.make(item, page);
  } catch (error) {
    console.warn(`an entry of the kind ${item.kind} cannot be shown`, error);
  }
  return typeof item.body === 'string' ? words(item.body) : code(item.body);
}

/** say returns what is read aloud of an item, with an end. */
export function say(item) {
  let text = '';
  try {
    text = (kinds[item.kind] ?? plain).say(item);
  } catch { /* it is shown as text, which says enough */ }
  return text.length > 500 ? `${text.slice(0, 500)} …` : text;
}

/** guess returns about how high an item is, in px, before it was ever shown. */
export function guess(item) {
  const base = (item.leads ? 34 : 10) + (item.day ? 44 : 0);
  switch (item.kind) {
    case 'plotly': return base + 420;
    case 'dataframe': return base + 100 + Math.min(20, item.body.rows?.length ?? 0) * 34;
    case 'image': return base + 260;
    case 'options': return base + 48;
    case 'location': case 'audio': case 'voice': case 'file': return base + 84;
    default: return base + 40 + Math.floor(String(item.body).length / 60) * 24;
  }
}

/** words shows text, with its addresses as links. */
function words(text) {
  return el('div', { class: 'words' }, ...linked(text));
}

function html(item) {
  if (typeof item.html !== 'string') return words(item.body);
  const box = el('div', { class: 'markup' }, markup(item.html));
  for (const t of box.querySelectorAll('table, pre')) scrolls(t);
  return box;
}

/** scrolls lets what is too wide be moved, also with the keyboard. */
function scrolls(node) {
  const frame = el('div', {
    class: 'wide', tabindex: '0', role: 'group', 'aria-label': node.localName === 'pre' ? 'Code' : 'Table',
  });
  node.replaceWith(frame);
  frame.append(node);
}

function spoken(item) {
  return typeof item.html === 'string' ? markup(item.html).textContent.trim() : item.body;
}

function sayFiles(item) {
  const list = Array.isArray(item.body) ? item.body : [item.body];
  return `File: ${list.map((f) => `${f.name}, ${bytes(f.size)}`).join('; ')}`;
}

/** code shows JSON. */
export function code(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return el('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'JSON' },
    el('pre', {}, el('code', {}, text)));
}
