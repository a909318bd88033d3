// Elements are made here, of names and texts: no string is ever read as HTML.

/**
 * el makes an element. Properties that begin with "on" are listeners; "class" and
 * all others are attributes, left out if they are null, undefined or false.
 * Children are nodes or texts.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  set(node, props);
  append(node, children);
  return node;
}

/** svg makes an element of a drawing. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(node, props);
  append(node, children);
  return node;
}

function set(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

/** Drawings of the buttons, on a field of 24 by 24. */
const paths = {
  send: 'M4 12l16-8-6 17-3-7z',
  attach: 'M8 12.5l6.2-6.2a3.2 3.2 0 014.6 4.5l-8 8a5 5 0 01-7.1-7.1L11 4.5',
  microphone: 'M12 3a3 3 0 00-3 3v6a3 3 0 006 0V6a3 3 0 00-3-3zM5.5 11.5a6.5 6.5 0 0013 0M12 18v3',
  stop: 'M7 7h10v10H7z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M12 5v14M6 13l6 6 6-6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  settings: 'M5 7h9M18 7h1M5 17h1M10 17h9M16 5v4M8 15v4',
  inside: 'M8 6l-5 6 5 6M16 6l5 6-5 6',
  back: 'M14 6l-6 6 6 6',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  place: 'M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0113 0c0 5.4-6.5 11-6.5 11zM12 12.2a2.2 2.2 0 100-4.4 2.2 2.2 0 000 4.4z',
  retry: 'M19 12a7 7 0 11-2-5l2 2M19 4v5h-5',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
};

/** icon draws a symbol that screen readers pass over. */
export function icon(name) {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' },
    svg('path', { d: paths[name] }));
}

/** button makes a button with a symbol, whose label is read and shown as a tip. */
export function button(symbol, label, onclick, more = {}) {
  return el('button', { type: 'button', class: 'plain', 'aria-label': label, title: label, onclick, ...more },
    icon(symbol));
}

/** save hands a file to the user. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el('a', { href: url, download: name }).click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** newID makes an id that nobody else makes. */
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

/** bytes writes a size for people. */
export function bytes(n) {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB'];
  let i = -1;
  do { n /= 1000; i++; } while (n >= 999.5 && i < units.length - 1);
  return `${n < 9.95 ? n.toFixed(1) : Math.round(n)} ${units[i]}`;
}
