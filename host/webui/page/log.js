// The log of a session as this page knows it: entries by their numbers, what waits
// to be taken, and replies that are still being made. Of these it makes the items
// of which each is shown as one.

import { said } from './outbox.js';

export class Log {
  epoch = 0;
  /** seq is the newest that is known, first the oldest that is here. */
  seq = 0;
  #entries = [];
  #streams = new Map();
  #cleared = 0;

  get first() { return this.#entries[0]?.seq ?? this.seq + 1; }
  get size() { return this.#entries.length; }

  /** clear forgets everything: a new log begins after seq. */
  clear(epoch, seq) {
    this.epoch = epoch;
    this.seq = seq;
    this.#cleared++;
    this.#entries = [];
    this.#streams.clear();
  }

  /** add takes an entry, at its place; one that is here stays as it is. */
  add(entry) {
    const at = this.#place(entry.seq);
    if (this.#entries[at]?.seq === entry.seq) return false;
    this.#entries.splice(at, 0, entry);
    if (!entry.history) {
      this.seq = Math.max(this.seq, entry.seq);
      if (entry.from !== 'user') this.#streams.delete(entry.turn);
    }
    return true;
  }

  /** delta adds text to a reply that a turn is making: one of several, by its number. */
  delta(turn, text, part = 0) {
    const parts = this.#streams.get(turn) ?? new Map();
    const s = parts.get(part) ?? { key: `s:${turn}.${part}`, text: '', time: Date.now() };
    s.text += text;
    this.#streams.set(turn, parts.set(part, s));
  }

  /** withdraw takes back what a turn was saying; it reports whether it was. */
  withdraw(turn) { return this.#streams.delete(turn); }

  /** interrupt takes back all replies that are being made: the connection broke. */
  interrupt() { this.#streams.clear(); }

  #place(seq) {
    let low = 0;
    let high = this.#entries.length;
    if (high && this.#entries[high - 1].seq < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * items returns what is to be shown, oldest first. Each has a key, which stays as
   * it is, and a version, which changes when it is to be shown anew.
   */
  items(waiting = []) {
    const items = [];
    const view = { steps: null, tasks: null, gui: null, options: null };
    for (const e of this.#entries) this.#show(e, items, view);
    for (const m of waiting) pending(m, items, view);
    for (const { key, text, time } of [...this.#streams.values()].flatMap((p) => [...p.values()])) {
      items.push({
        key, kind: 'stream', from: 'bot', time, body: text, seq: 0, version: String(text.length),
      });
    }
    group(items);
    // Another session may have an entry of the same number.
    for (const item of items) item.version += ` of ${this.#cleared}`;
    return items;
  }

  #show(e, items, view) {
    switch (e.from === 'bot' ? e.kind : '') {
      case 'reasoning':
        this.#step(e, items, view);
        return;
      case 'tasks':
        if (replace(view.tasks, e)) return;
        break;
      case 'gui_update':
        if (replace(view.gui, e)) return;
    }
    const item = { ...e, key: `e:${this.epoch}:${e.seq}`, version: '' };
    items.push(item);
    if (e.from === 'user') {
      answer(e, item, view);
      view.steps = view.tasks = null;
    } else if (e.kind === 'tasks') view.tasks = item;
    else if (e.kind === 'gui' || e.kind === 'gui_update') view.gui = item;
    else if (e.kind === 'options') offer(item, view);
    view.steps = null;
  }

  /** step adds to the trace before it; the first step begins one. */
  #step(e, items, view) {
    if (!view.steps || e.body.kind === 'reasoning_started') {
      view.steps = { ...e, key: `e:${this.epoch}:${e.seq}`, version: '1', steps: [e.body] };
      items.push(view.steps);
    } else {
      view.steps.steps.push(e.body);
      view.steps.version = String(view.steps.steps.length);
    }
    if (e.body.kind === 'reasoning_finished') view.steps = null;
  }
}

/** replace shows a later body in the place of an earlier one. */
function replace(item, e) {
  if (!item) return false;
  item.body = e.body;
  item.version = String(e.seq);
  return true;
}

/** offer shows options, which take the place of those before: people may choose of
 * the newest for as long as there are no others. */
function offer(item, view) {
  if (view.options) {
    view.options.open = false;
    view.options.version += ' closed';
  }
  item.open = true;
  item.chosen = null;
  view.options = item;
}

/** answer names what a user chose, and marks it among the options. */
function answer(e, item, view) {
  if (e.kind !== 'option') return;
  item.label = labelOf(view.options?.body, e.body) ?? e.body;
  if (!view.options) return;
  view.options.chosen = e.body;
  view.options.version += ` chosen ${e.body}`;
}

function labelOf(options, value) {
  return Array.isArray(options) ? options.find((o) => o.value === value)?.label : null;
}

/** pending shows a message that was not taken yet, and what else was refused. */
function pending({ frame, time, label, files, error }, items, view) {
  if (!said.has(frame.type)) {
    if (error) items.push(refused(frame, time, error));
    return;
  }
  const item = {
    key: `p:${frame.id}`, kind: frame.type, from: 'user', time, seq: 0, id: frame.id,
    body: frame.text ?? frame.value ?? frame.data ?? files ?? '', label, error,
    waiting: true, version: `waiting ${error ?? ''}`,
  };
  if (item.kind === 'message') item.kind = 'text';
  items.push(item);
  if (!error) answer({ kind: item.kind, body: item.body }, item, view);
  if (label) item.label = label;
}

/** refused shows what the user did, and the bot does not know of. */
function refused(frame, time, error) {
  return {
    key: `p:${frame.id}`, kind: 'text', from: 'user', time, seq: 0, id: frame.id, error, waiting: true,
    body: frame.type === 'reset' ? 'Begin anew' : String(frame.data?.label || frame.name), version: error,
  };
}

/** group marks where a day begins, and where another speaks, or much later. */
function group(items) {
  let before = null;
  for (const item of items) {
    item.day = !before || day(before.time) !== day(item.time);
    item.leads = item.day || before.from !== item.from || item.time - before.time > 300_000;
    item.version += `${item.day ? ' day' : ''}${item.leads ? ' leads' : ''}`;
    before = item;
  }
}

function day(ms) { return new Date(ms).toDateString(); }
