// HTML of the host becomes elements here, and nowhere else. The host has sanitised
// it; we believe that of no text. It is read into a document of its own, where
// nothing runs and nothing loads, and what is on the list is made anew from there.
import { el } from './dom.js';

const elements = new Set(('p div blockquote h1 h2 h3 h4 h5 h6 ul ol li dl dt dd pre hr br table ' +
  'caption thead tbody tfoot tr td th b strong i em u s del ins mark small sub sup q kbd samp var ' +
  'span code abbr a img').split(' '));

const attributes = {
  ol: ['start'], code: ['class'], abbr: ['title'], a: ['href', 'title'], img: ['src', 'alt', 'title'],
  td: ['align', 'colspan', 'rowspan'], th: ['align', 'colspan', 'rowspan'],
};

const deepest = 200;

const policy = globalThis.trustedTypes?.createPolicy('bothost-markup', {
  createHTML: (html) => html, // for parse, below: nothing else has the policy
});

function parse(html) {
  const text = `<!doctype html><body>${html}`;
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html');
}

/** markup makes a fragment of HTML. */
export function markup(html) {
  const fragment = document.createDocumentFragment();
  copy(parse(String(html)).body, fragment, 0);
  return fragment;
}

function copy(from, to, depth) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.append(child.data);
    } else if (child.nodeType === Node.ELEMENT_NODE && depth < deepest) {
      const made = element(child);
      if (made) to.append(made);
      copy(child, made ?? to, depth + 1);
    }
  }
}

/** element makes an element like the one of the host, or null if it may not be. */
function element(like) {
  const name = like.localName;
  if (like.namespaceURI !== 'http://www.w3.org/1999/xhtml') return null;
  if (!elements.has(name)) return null;
  // The page has headings of its own: those of replies come below them.
  const heading = /^h([1-6])$/.exec(name);
  const made = document.createElement(heading ? `h${Math.min(6, Number(heading[1]) + 2)}` : name);
  if (heading) made.className = `heading level${heading[1]}`;
  for (const key of attributes[name] ?? []) {
    const value = like.getAttribute(key);
    if (value !== null) attribute(made, key, value);
  }
  if (name === 'a') return link(made);
  if (name === 'img' && !made.hasAttribute('src')) return null;
  if (name === 'img' && !made.hasAttribute('alt')) made.alt = '';
  return made;
}

function attribute(made, key, value) {
  switch (key) {
    case 'href':
      if (safeLink(value)) made.href = value;
      return;
    case 'src':
      if (/^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]*$/i.test(value)) made.src = value;
      return;
    case 'class':
      if (/^language-[\w+#.-]{1,40}$/.test(value)) made.className = value;
      return;
    case 'align':
      if (/^(left|center|right)$/.test(value)) made.classList.add(value);
      return;
    case 'title':
    case 'alt':
      made.setAttribute(key, value);
      return;
    default: // numbers
      if (/^\d{1,4}$/.test(value)) made.setAttribute(key, value);
  }
}

/** link makes a link one that opens elsewhere and tells nobody where from. */
export function link(a) {
  a.rel = 'noopener noreferrer nofollow';
  a.target = '_blank';
  return a;
}

/** safeLink reports whether an address may be opened. */
export function safeLink(address) {
  let url;
  try {
    url = new URL(String(address).trim());
  } catch {
    return false; // one that is relative would lead into this page
  }
  return ['http:', 'https:', 'mailto:', 'tel:'].includes(url.protocol);
}

/** linked makes links of the addresses in a text. */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const m of text.matchAll(/https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g)) {
    parts.push(text.slice(end, m.index));
    parts.push(link(el('a', { href: m[0] }, m[0])));
    end = m.index + m[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** drawing makes an element of a drawing of the host, of shapes and words only. */
export function drawing(text) {
  // Read as HTML too: a drawing that is no XML would be an error to show. Its own
  // style is left out before, as browsers complain of each that a policy forbids.
  const root = parse(text.replace(/<style>[^<]*<\/style>/g, '')).querySelector('svg');
  return root ? shape(root, 0) : null;
}

const shapes = new Set('svg g rect path circle text title desc'.split(' '));

const shapeAttributes = new Set(('width height viewBox x y cx cy r rx d class transform role')
  .split(' '));

function shape(like, depth) {
  if (!shapes.has(like.localName) || depth > 20) return null;
  const made = document.createElementNS('http://www.w3.org/2000/svg', like.localName);
  for (const { name, value } of like.attributes) {
    if (shapeAttributes.has(name)) made.setAttribute(name, value);
  }
  for (const child of like.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.append(child.data);
    else if (child.nodeType === Node.ELEMENT_NODE) made.append(shape(child, depth + 1) ?? '');
  }
  return made;
}
