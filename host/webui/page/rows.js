// A row of the conversation: who, when, and what.
import { el, button } from './dom.js';
import { content } from './kinds.js';

const who = { user: 'You', bot: 'Bot', host: 'Host' };

/** row makes the row of an item. */
export function row(item, page) {
  const name = item.from === 'bot' ? page.botName : who[item.from] ?? '';
  const time = new Date(item.time);
  const clock = time.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  const classes = ['row', item.from, `kind-${item.kind}`, item.leads && 'leads',
    item.waiting && 'waiting', item.error && 'failed'];
  return el('div', {
    class: classes.filter(Boolean).join(' '), role: 'article', 'aria-label': `${name}, ${clock}`,
  },
  item.day ? el('div', { class: 'day' }, el('span', {}, dayName(time))) : null,
  item.leads ? el('div', { class: 'who' }, el('span', {}, name),
    el('time', { datetime: time.toISOString() }, clock)) : null,
  el('div', { class: bare.has(item.kind) ? 'bare' : 'bubble' }, content(item, page)),
  item.error ? failed(item, page) : null);
}

/** Kinds that stand without a bubble around them. */
const bare = new Set(('options notice reasoning plotly dataframe gui gui_update image tasks location ' +
  'file files audio voice').split(' '));

function failed(item, page) {
  return el('p', { class: 'problem', role: 'alert' }, item.error, ' ',
    button('retry', 'Send again', () => page.sendAgain(item.id)),
    button('close', 'Discard', () => page.discard(item.id)));
}

function dayName(time) {
  const today = new Date();
  const days = Math.round((midnight(today) - midnight(time)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const year = time.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return time.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long', year });
}

function midnight(time) { return new Date(time.getFullYear(), time.getMonth(), time.getDate()); }
