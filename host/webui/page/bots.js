// The list of bots, where several are served.
import { el } from './dom.js';

export function botList(main, names) {
  main.replaceChildren(el('section', { class: 'bots', 'aria-labelledby': 'bots-title' },
    el('h2', { id: 'bots-title' }, names.length ? 'Who do you want to talk to?' : 'No bot is here yet'),
    names.length ? el('ul', {}, names.map((name) => el('li', {},
      el('a', { class: 'card', href: `/bots/${encodeURIComponent(name)}` },
        el('span', { class: 'badge', 'aria-hidden': 'true' }, [...name][0]?.toUpperCase() ?? ''),
        el('strong', {}, name))))) :
      el('p', {}, 'It will be shown here as soon as it is served.')));
}
