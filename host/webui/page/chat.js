// The conversation with one bot: it joins connection, log, outbox and list, and is
// what the parts of the page act upon.
import { newID } from './dom.js';
import { Connection, closed } from './connection.js';
import { Outbox } from './outbox.js';
import { Uploads } from './uploads.js';
import { Log } from './log.js';
import { List } from './list.js';
import { row } from './rows.js';
import { guess, say } from './kinds.js';
import { device, onDevice, tab } from './store.js';
import { token } from './login.js';

/** How many entries of the past are asked for at once. */
const page = 128;

/** How many entries that come together are read aloud. */
const mostRead = 8;

/** A turn that lasts longer shows that the bot is at work, in ms. */
const slow = 500;

const gone = 'The conversation that this was for is gone.';

export class Chat {
  log = new Log();
  limits = null;
  charts = false;
  #names;
  #view;
  #connection;
  #outbox;
  #list;
  #known; // {session, resume, epoch, seq} of this conversation, on the device
  #more = true;
  #asking = false;
  #loud = false; // what comes now is new, and read aloud
  #news = [];
  #typing = 0;
  #typingSoon = 0;
  #drawing = 0;
  #place;
  #unlock = null;

  /**
   * view has announce(text), status(name, info), login(wrong), welcome(), typing(on),
   * chosen(), arrived(n, atEnd), unread(atEnd), drawn() and colours().
   */
  constructor(bot, scroller, view) {
    this.bot = bot;
    this.botName = bot;
    this.#view = view;
    this.#names = { session: `session:${bot}`, outbox: `outbox:${bot}`, place: `place:${bot}` };
    this.#known = device.get(this.#names.session);
    this.#place = tab.get(this.#names.place);
    this.#connection = new Connection(socketURL(bot), this);
    this.#outbox = new Outbox(tab, this.#names.outbox, (frame) => this.#connection.send(frame));
    this.uploads = new Uploads((frame) => this.#connection.send(frame));
    this.#list = new List(scroller, (item) => row(item, this), guess);
    this.#list.onscroll = () => this.#scrolled();
    onDevice(this.#names.session, (known) => this.#elsewhere(known));
    addEventListener('pagehide', () => {
      tab.set(this.#names.place, this.#list.place);
      if (this.#soon) this.#remember();
    });
  }

  get session() { return this.#known?.session; }
  get resume() { return this.#known?.resume; }
  get canFiles() { return Boolean(this.limits?.file_bytes); }
  colours() { return this.#view.colours(); }

  /** start connects. Of several tabs that have no session yet one makes it. */
  start() {
    if (this.#known || !navigator.locks) {
      this.#connection.start();
      return;
    }
    navigator.locks.request(`bothost:${this.bot}`, { signal: AbortSignal.timeout(5000) }, () => {
      this.#known = device.get(this.#names.session);
      this.#connection.start();
      if (this.#known) return null;
      return new Promise((resolve) => {
        this.#unlock = resolve;
        setTimeout(resolve, 4000);
      });
    }).catch(() => { if (!this.#connection.open) this.#connection.start(); });
  }

  now() { this.#connection.now(); }

  // What the user does.

  /** say sends a text; it returns false if that is too long. */
  say(text) {
    const frame = { type: 'message', id: newID(), text };
    const size = new TextEncoder().encode(JSON.stringify(frame)).length;
    if (this.limits?.frame_bytes && size > this.limits.frame_bytes) return false;
    this.#put(frame);
    return true;
  }

  choose(option) {
    this.#put({ type: 'option', id: newID(), value: option.value }, { label: option.label });
    this.#view.chosen();
  }

  /** event tells the bot what happened on a screen. */
  event(name, data) { this.#put({ type: 'event', id: newID(), name, data }); }

  addFiles(files) { for (const file of files) this.uploads.add(file, this.limits); }

  sendFiles() {
    const sent = this.uploads.take();
    const files = sent.map((u) => ({ name: u.answer.name, type: u.answer.type, size: u.answer.size }));
    this.#put({ type: 'files', id: newID(), files: sent.map((u) => u.answer.file) },
      { files, folder: sent[0].url });
  }

  /** sendVoice brings a recording, and says that it is what the user says. */
  sendVoice(file) {
    this.uploads.add(file, this.limits, ({ answer: { name, type, size, file: id }, url }) => {
      this.#put({ type: 'voice', id: newID(), file: id }, { files: [{ name, type, size }], folder: url });
    });
  }

  reset() { this.#put({ type: 'reset', id: newID() }); }

  sendAgain(id) {
    const message = this.#outbox.taken(id);
    if (!message) return;
    const { frame, time, error, ...more } = message;
    this.#put({ ...frame, id: newID() }, more);
  }

  discard(id) {
    this.#outbox.drop(id);
    this.#draw();
  }

  toEnd() { this.#list.toEnd(); }

  /** toOptions goes to the options that wait for an answer, if there are some. */
  toOptions() {
    const open = document.querySelector('#log .choices.open button[tabindex="0"]');
    open?.focus();
    return Boolean(open);
  }

  /** fetchFile fetches a file of the session. */
  async fetchFile(url) {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${this.resume}` } });
    if (answer.ok) return answer.blob();
    const { error } = await answer.json().catch(() => ({}));
    throw new Error(error || 'This file cannot be had.');
  }

  async fetchJSON(path, bearer = token.get()) {
    const answer = await fetch(path, { headers: bearer ? { Authorization: `Bearer ${bearer}` } : {} });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error || answer.statusText);
    return body;
  }

  #put(frame, more) {
    this.#outbox.put(frame, more);
    this.#list.toEnd();
    this.#draw();
    this.#work();
  }

  /** work shows that the bot is at work if no answer comes soon. */
  #work() {
    clearTimeout(this.#typingSoon);
    this.#typingSoon = setTimeout(() => {
      const waits = this.#outbox.messages.some((m) => !m.error);
      if (waits && this.#connection.open) this.#type(true);
    }, slow);
  }

  #type(on) {
    clearTimeout(this.#typing);
    this.#view.typing(on);
    if (on) this.#typing = setTimeout(() => this.#view.typing(false), 20_000);
    if (this.#list.atEnd) this.#list.toEnd();
  }

  // What the connection tells.

  hello() {
    const known = this.#known;
    const hello = { token: token.get() ?? undefined };
    if (!known) return hello;
    const { session, resume, epoch, seq: after } = known;
    return { ...hello, session, resume, epoch, after: this.log.size ? this.log.seq : after };
  }

  state(name, info) {
    if (name !== 'open') {
      this.#type(false);
      this.log.interrupt();
      this.#draw();
    }
    if (name === 'stopped') this.#unlock?.();
    if (name === 'stopped' && info.code === closed.unauthorized) {
      const had = Boolean(token.get());
      token.clear();
      this.#view.status(name, info);
      this.#view.login(had);
      return;
    }
    if (name === 'stopped' && info.code === closed.sessionGone) {
      this.#forget();
      this.#connection.start();
      return;
    }
    if (name === 'stopped' && info.code === closed.frameTooLarge) this.#outbox.fail('This is too large to send.');
    this.#view.status(name, info);
  }

  welcome(frame) {
    this.limits = frame.limits ?? {};
    const other = frame.session !== this.#known?.session;
    // What was to be said in a session that is gone is not said in another.
    if (other && this.#known) this.#outbox.fail(gone);
    const after = frame.resumed ? frame.seq : 0;
    if (other || !frame.resumed) this.log.clear(frame.epoch, frame.seq);
    this.log.epoch = frame.epoch;
    if (!this.log.size) this.log.seq = frame.seq;
    this.#known = { session: frame.session, resume: frame.resume, epoch: frame.epoch, seq: this.log.seq };
    this.#remember();
    this.#unlock?.();
    this.#more = !other;
    this.#asking = false;
    this.#listen(!this.#loud && !other && !after);
    if (!this.log.size && frame.seq) this.#ask();
    else if (!this.log.size) this.#more = false;
    this.#outbox.flush();
    this.uploads.reconnected();
    this.#view.welcome();
    this.#draw();
  }

  /** listen has what comes read aloud; what is only new to this page is not. */
  #listen(past) {
    this.#loud = !past;
    if (past) setTimeout(() => { this.#loud = true; }, 1000);
  }

  frame(frame) {
    const handle = this.#handlers[frame.type];
    if (handle) handle.call(this, frame);
  }

  #handlers = {
    entry: this.#entry,
    accepted: this.#accepted,
    rejected: this.#rejected,
    upload(frame) { this.uploads.frame(frame); },
    history: this.#history,
    reset: this.#wasReset,
    typing() { this.#type(true); },
    delta({ turn, part, text }) {
      this.#type(false);
      this.log.delta(turn, text, part);
      this.#draw();
    },
    withdrawn({ turn }) {
      this.#type(false);
      if (!this.log.withdraw(turn)) return;
      this.#view.announce('The bot took back what it was saying.');
      this.#draw();
    },
  };

  #entry(frame) {
    const { type, ...entry } = frame;
    if (entry.from === 'user' && entry.id) this.#outbox.taken(entry.id);
    if (!this.log.add(entry)) return;
    this.#draw();
    if (entry.history) return;
    this.#moved();
    this.#type(false);
    if (entry.from !== 'user') this.#heard(entry);
  }

  /** heard notes a new entry, to be read aloud and counted. */
  #heard(entry) {
    if (this.#loud) this.#news.push(entry);
  }

  /** tell reads aloud what is new: the last of it, if that is a lot. */
  #tell() {
    const news = this.#news.splice(0);
    if (!news.length) return;
    if (news.length > mostRead) this.#view.announce(`${news.length} new messages`);
    for (const entry of news.slice(-mostRead)) {
      const text = say(entry);
      if (text) this.#view.announce(`${entry.from === 'bot' ? `${this.botName}: ` : ''}${text}`);
    }
    this.#view.arrived(news.length, this.#list.atEnd);
  }

  #accepted({ id, seq, turn }) {
    const message = this.#outbox.taken(id);
    if (!this.#outbox.messages.length) clearTimeout(this.#typingSoon);
    if (message && seq) this.#own(message, seq, turn);
    this.#type(false);
    this.#draw();
    this.#moved();
  }

  /** own puts into the log what this tab said itself, which does not come back. */
  #own({ frame, time, files, folder }, seq, turn) {
    const kinds = { message: 'text', option: 'option', json: 'json', files: 'files', voice: 'voice' };
    const kind = kinds[frame.type];
    if (!kind) return;
    const entry = { seq, from: 'user', kind, body: frame.text ?? frame.value ?? frame.data, id: frame.id, time, turn };
    if (files) {
      entry.body = kind === 'voice' ? files[0] : files;
      entry.files = files.map((f, i) => ({ ...f, url: `${folder}/${seq}/${i}` }));
    }
    this.log.add(entry);
  }

  #rejected(frame) {
    if (this.uploads.frame(frame)) return;
    if (this.#outbox.rejected(frame)) this.#draw();
  }

  #wasReset(frame) {
    this.log.clear(frame.epoch, frame.seq);
    this.#known = { ...this.#known, epoch: frame.epoch, seq: frame.seq, resume: frame.resume || this.resume };
    this.#remember();
    this.#more = false;
    this.#view.announce('The conversation begins anew.');
    this.#draw();
  }

  /** moved notes how far this page is, for the next that takes the session up. */
  #moved() {
    if (!this.#known || this.#known.seq === this.log.seq) return;
    this.#known = { ...this.#known, seq: this.log.seq };
    this.#connection.ack(this.log.seq);
    this.#rememberSoon();
  }

  #soon = 0;
  #rememberSoon() {
    this.#soon ||= setTimeout(() => this.#remember(), 200);
  }

  #remember() {
    clearTimeout(this.#soon);
    this.#soon = 0;
    device.set(this.#names.session, this.#known);
  }

  #forget() {
    this.#known = null;
    device.set(this.#names.session, null);
    this.#outbox.fail(gone);
  }

  /** elsewhere takes over what another tab did with the session. */
  #elsewhere(known) {
    if (!known || known.session === this.session) {
      if (known) this.#known = { ...this.#known, resume: known.resume };
      return;
    }
    this.#known = known;
    this.#outbox.fail(gone);
    this.log.clear(known.epoch, 0);
    this.#connection.start();
  }

  // The past.

  #ask() {
    if (this.#asking || !this.#connection.open) return;
    this.#asking = true;
    this.#connection.send({ type: 'history', before: this.log.first, limit: page });
  }

  #history({ more }) {
    this.#asking = false;
    this.#more = Boolean(more);
    this.#draw();
  }

  /** return goes to where the reader was before the page was loaded again. */
  #return() {
    if (!this.#place) return;
    const [, epoch, seq] = this.#place.key.split(':').map(Number);
    if (epoch !== this.log.epoch || this.#list.goTo(this.#place)) this.#place = null;
    else if (seq >= this.log.first || !this.#more) return;
    else this.#ask();
  }

  #scrolled() {
    if (this.#list.atStart && this.#more && this.log.size) this.#ask();
    this.#view.unread(this.#list.atEnd);
  }

  /** draw shows what changed, once for all that came together. */
  #draw() {
    this.#drawing ||= queueDraw(() => this.#drawNow());
  }

  #drawNow() {
    this.#drawing = 0;
    this.#list.set(this.log.items(this.#outbox.messages));
    if (this.log.size) this.#return();
    this.#view.drawn();
    this.#tell();
  }
}

/** queueDraw draws before the next frame, or soon where no frames are drawn. */
function queueDraw(draw) {
  let drawn = false;
  const once = () => {
    if (drawn) return;
    drawn = true;
    draw();
  };
  requestAnimationFrame(once);
  setTimeout(once, 100);
  return 1;
}

function socketURL(bot) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${location.host}/bots/${encodeURIComponent(bot)}`;
}
