// Where the host wants a token, it is asked for here, and kept in this tab, or on
// this device if the user says so. It is sent in frames and headers, in no address.
import { el } from './dom.js';
import { device, tab } from './store.js';

export const token = {
  get: () => tab.get('token') ?? device.get('token'),
  set(value, keep) {
    tab.set('token', value);
    device.set('token', keep ? value : null);
  },
  clear() {
    tab.set('token', null);
    device.set('token', null);
  },
};

/** login asks for a token; done is called when there is one. */
export function login(dialog, done, wrong) {
  const input = el('input', {
    id: 'token', type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false',
    'aria-describedby': wrong ? 'token-wrong' : null, 'aria-invalid': wrong ? 'true' : null,
  });
  const keep = el('input', { type: 'checkbox' });
  const form = el('form', { method: 'dialog' },
    el('h2', { id: 'login-title' }, 'Sign in'),
    el('p', {}, 'A token is needed to talk here. Whoever runs this bot can give you one.'),
    el('div', { class: 'field' }, el('label', { for: 'token' }, 'Token'), input,
      wrong ? el('p', { class: 'problem', id: 'token-wrong', role: 'alert' }, 'This token lets nobody in.') : null),
    el('label', { class: 'radio' }, keep, 'Stay signed in on this device'),
    el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'choice main' }, 'Sign in')));
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    token.set(input.value.trim(), keep.checked);
    dialog.close();
    done();
  });
  dialog.replaceChildren(form);
  // There is nothing behind it to go back to.
  dialog.oncancel = (e) => e.preventDefault();
  if (!dialog.open) dialog.showModal();
  input.focus();
}
