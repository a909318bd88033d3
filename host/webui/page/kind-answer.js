// An answer, and the documents that it rests upon.
import { el } from './dom.js';
import { link, linked, safeLink } from './markup.js';

export function answer({ body }) {
  const docs = body.docs ?? [];
  return el('div', { class: 'answer' },
    el('div', { class: 'words' }, linked(body.answer)),
    docs.length ? el('details', { class: 'sources' },
      el('summary', {}, `${docs.length} ${docs.length === 1 ? 'source' : 'sources'}`),
      el('ol', {}, docs.map(source))) : null,
    body.llm_name ? el('p', { class: 'fine' }, `Answered by ${body.llm_name}`) : null);
}

function source({ content, metadata }) {
  const name = metadata?.source || 'Document';
  const title = safeLink(name) ? link(el('a', { href: name }, name)) : name;
  const page = Number.isFinite(metadata?.page) ? `, page ${metadata.page}` : '';
  return el('li', {}, el('strong', {}, title, page), el('p', {}, content));
}
