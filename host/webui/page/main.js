// The page begins here: it asks what there is, and shows a bot or the list of all.
import { el, icon, button } from './dom.js';
import { tab } from './store.js';
import { Chat } from './chat.js';
import { Composer } from './composer.js';
import { Workshop } from './workshop.js';
import { announcer } from './announce.js';
import { applyTheme, colours, settings } from './settings.js';
import { login, token } from './login.js';
import { botList } from './bots.js';
import { redraw } from './kind-chart.js';

const $ = (id) => document.getElementById(id);
const announce = announcer($('announcer'));
const framed = window.parent !== window;

async function main() {
  document.documentElement.classList.toggle('framed', framed);
  const showTheme = applyTheme(redraw);
  const about = await ask();
  const wanted = named(location.pathname);
  const bot = wanted || (about.bots.length === 1 ? about.bots[0] : '');
  if (!bot || wanted && !about.bots.includes(wanted) && about.bots.length !== 1) {
    document.title = 'Bots';
    $('title').textContent = 'Bots';
    list(about.bots);
    return;
  }
  converse(bot, about, showTheme);
}

/** named returns the bot that a path names; none if that is no text. */
function named(path) {
  try {
    return decodeURIComponent(/^\/bots\/([^/]+)$/.exec(path)?.[1] ?? '');
  } catch {
    return '';
  }
}

/** list shows the bots, and those that come and go meanwhile. */
async function list(names) {
  botList($('main'), names);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    if (document.visibilityState !== 'visible') continue;
    const { bots } = await ask();
    if (bots.join('/') === names.join('/')) continue;
    names = bots;
    botList($('main'), names);
  }
}

/** ask asks the host what it has, until it answers. */
async function ask() {
  for (;;) {
    try {
      const answer = await fetch('/ui/about');
      if (answer.ok) {
        $('status').textContent = '';
        return await answer.json();
      }
    } catch { /* the host is away */ }
    $('status').textContent = 'Waiting for the host';
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function converse(bot, about, showTheme) {
  document.title = bot;
  $('title').textContent = bot;
  const all = document.querySelector('.all');
  all.hidden = about.bots.length < 2 || framed;
  all.append(icon('back'));

  const view = makeView();
  const chat = new Chat(bot, $('log'), view);
  chat.charts = about.charts;
  const composer = new Composer($('composer'), chat, chat.uploads, tab);
  view.bind(chat, composer);
  tools(chat, about, showTheme, view);
  chat.start();
  if (matchMedia('(hover: hover)').matches) composer.focus();
  widget(composer);
}

/** makeView is what a conversation shows around its rows. */
function makeView() {
  let chat;
  let composer;
  let unread = 0;
  const dots = el('div', { class: 'typing', hidden: true }, el('span', { class: 'sr' }, 'The bot is at work'),
    el('i'), el('i'), el('i'));
  $('log').append(dots);
  const newest = $('newest');
  const showNewest = (atEnd) => {
    newest.hidden = atEnd;
    newest.classList.toggle('some', unread > 0);
    newest.replaceChildren(icon('down'), unread ? `${unread} new` : 'Newest');
  };
  return {
    workshop: null,
    bind(c, w) {
      [chat, composer] = [c, w];
      newest.addEventListener('click', () => {
        chat.toEnd();
        composer.focus();
      });
    },
    announce,
    colours,
    status(name, info) { status(name, info, () => chat.now()); },
    login(wrong) {
      login($('login'), () => chat.start(), wrong);
    },
    welcome() {
      status('open');
      composer.allow();
    },
    typing(on) { dots.hidden = !on; },
    chosen() { composer.focus(); },
    arrived(n, atEnd) {
      if (!atEnd) unread += n;
      showNewest(atEnd);
      this.workshop?.look();
      if (framed) parent.postMessage({ bothost: 'arrived' }, '*');
    },
    unread(atEnd) {
      if (atEnd) unread = 0;
      showNewest(atEnd);
    },
    drawn() { if (dots.nextSibling) $('log').append(dots); },
  };
}

let ticking = 0;

/** status says how the connection is, and when the next try is. */
function status(name, info, now) {
  const line = $('status');
  clearInterval(ticking);
  document.body.dataset.connection = name;
  switch (name) {
    case 'open':
      line.textContent = 'Connected';
      return;
    case 'connecting':
      line.textContent = 'Connecting';
      return;
    case 'stopped':
      line.replaceChildren(reasons[info.code] ?? 'The host ended the connection.', ' ',
        el('button', { type: 'button', class: 'quiet', onclick: () => location.reload() }, 'Try again'));
      return;
  }
  const seconds = el('span', { 'aria-hidden': 'true' });
  const tick = () => {
    const left = Math.ceil((info.until - Date.now()) / 1000);
    seconds.textContent = left > 0 ? ` in ${left} s` : '';
  };
  line.replaceChildren(navigator.onLine ? 'Connecting again' : 'No network, connecting again', seconds, ' ',
    el('button', { type: 'button', class: 'quiet', onclick: now }, 'Now'));
  tick();
  ticking = setInterval(tick, 500);
}

const reasons = {
  4501: 'That was too large to send.',
  4505: 'Not signed in.',
  4504: 'This conversation is open in too many places.',
};

function tools(chat, about, showTheme, view) {
  const box = document.querySelector('.tools');
  if (about.workshop) {
    const toggle = button('inside', 'Look inside the bot', () => chat.toggleWorkshop(),
      { 'aria-expanded': 'false', class: 'plain inside' });
    chat.toggleWorkshop = () => {
      const open = view.workshop.toggle();
      toggle.setAttribute('aria-expanded', String(open));
      if (!open) toggle.focus();
    };
    view.workshop = new Workshop(chat, $('line'), $('drawer'));
    box.append(toggle);
  }
  box.append(button('settings', 'Settings', settings($('settings'), {
    show: showTheme,
    reset: () => chat.reset(),
    signedIn: () => Boolean(token.get()),
    leave() {
      token.clear();
      location.reload();
    },
  })));
  if (framed) {
    box.append(button('close', 'Close', () => parent.postMessage({ bothost: 'close' }, '*')));
    addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && !document.querySelector('dialog[open]')) parent.postMessage({ bothost: 'close' }, '*');
    });
  }
}

/** widget listens to the page that this one stands in. */
function widget(composer) {
  if (!framed) return;
  addEventListener('message', (e) => {
    if (e.source === parent && e.data?.bothost === 'opened') composer.focus();
  });
}

main();
