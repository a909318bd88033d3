// Files, pictures and sound. They are fetched with the session's token, which is in
// no address, when they come into sight; files when they are asked for.
import { el, icon, bytes, save } from './dom.js';

const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export function files(item, page) {
  const bodies = Array.isArray(item.body) ? item.body : [item.body];
  return el('div', { class: 'files' }, bodies.map((body, i) => {
    const file = { ...body, url: item.files?.[i]?.url };
    if (file.url && shown.has(file.type) && item.kind !== 'file') return picture(file, page);
    if (file.url && /^audio\//.test(file.type ?? '')) return sound(file, page);
    return card(file, page);
  }));
}

/** card is a file to download. */
function card(file, page, problem = '') {
  const note = el('span', { class: 'fine', role: problem ? 'alert' : null },
    problem || [bytes(file.size ?? 0), file.type].filter(Boolean).join(', '));
  const about = el('div', { class: 'about' }, el('strong', {}, file.name || 'File'), note);
  return el('div', { class: 'card file' }, el('span', { class: 'badge' }, icon('file')), about,
    file.url ? el('button', {
      type: 'button', class: 'plain', 'aria-label': `Download ${file.name}`, title: 'Download',
      onclick: () => page.fetchFile(file.url).then((blob) => save(blob, file.name || 'file'),
        (error) => { note.textContent = error.message; }),
    }, icon('download')) : null);
}

/** picture shows a picture as soon as it is here, and opens it whole. */
function picture(file, page) {
  const box = el('figure', { class: 'picture' }, el('div', { class: 'loading' }));
  load(box, file, page, (url, blob) => [
    el('img', { src: url, alt: file.name || 'Picture' }),
    caption(file, blob),
  ]);
  return box;
}

function sound(file, page) {
  const box = el('figure', { class: 'sound' }, el('div', { class: 'loading' }));
  load(box, file, page, (url, blob) => [
    el('audio', { src: url, controls: true, 'aria-label': file.name || 'Sound' }),
    caption(file, blob),
  ]);
  return box;
}

function caption(file, blob) {
  return el('figcaption', {}, el('span', { class: 'count' }, file.name || ''),
    el('button', { type: 'button', class: 'quiet', 'aria-label': `Download ${file.name}, ${bytes(blob.size)}`,
      onclick: () => save(blob, file.name || 'file') }, icon('download'), bytes(blob.size)));
}

/** forgotten lets go of the files whose pictures and players nobody has any more. */
const forgotten = new FinalizationRegistry((url) => URL.revokeObjectURL(url));

/** load fills a box when the file is here. */
async function load(box, file, page, make) {
  try {
    const blob = await page.fetchFile(file.url);
    const url = URL.createObjectURL(new Blob([blob], { type: file.type }));
    const [shown, ...more] = make(url, blob);
    shown.address = url; // or a browser may forget the object while it shows the element
    forgotten.register(shown, url);
    box.replaceChildren(shown, ...more);
  } catch (error) {
    box.replaceWith(card(file, page, error.message));
  }
}
