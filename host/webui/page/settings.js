// What the user chooses: light or dark, and to begin anew.
import { el, button } from './dom.js';
import { device, onDevice } from './store.js';

const themes = { auto: 'As the system', light: 'Light', dark: 'Dark' };

/** applyTheme sets the colours; changed is called whenever they change. */
export function applyTheme(changed) {
  const show = () => {
    const theme = device.get('theme') ?? 'auto';
    document.documentElement.dataset.theme = theme in themes ? theme : 'auto';
    changed();
  };
  onDevice('theme', show);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  show();
  return show;
}

/** colours returns those that charts are drawn in. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { paper: of('surface'), text: of('text'), muted: of('muted'), line: of('line'), accent: of('accent') };
}

/** settings makes the dialog; page has show() of the theme, reset() and leave(). */
export function settings(dialog, page) {
  const chosen = () => device.get('theme') ?? 'auto';
  const build = () => dialog.replaceChildren(
    el('header', {}, el('h2', { id: 'settings-title' }, 'Settings'), button('close', 'Close', () => dialog.close())),
    el('fieldset', {}, el('legend', {}, 'Colours'), Object.entries(themes).map(([value, name]) =>
      el('label', { class: 'radio' }, el('input', {
        type: 'radio', name: 'theme', value, checked: chosen() === value,
        onchange: () => {
          device.set('theme', value === 'auto' ? null : value);
          page.show();
        },
      }), name))),
    el('div', { class: 'actions' },
      el('button', { type: 'button', class: 'choice', onclick: () => { dialog.close(); page.reset(); } }, 'Begin anew'),
      page.signedIn() ? el('button', {
        type: 'button', class: 'choice', onclick: () => { dialog.close(); page.leave(); },
      }, 'Sign out') : null),
    el('p', { class: 'fine' }, 'To begin anew empties this conversation, here and on all your tabs.'));
  return () => {
    build();
    dialog.showModal();
  };
}
