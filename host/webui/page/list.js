// A list of many rows of which only those are in the page that can be seen. What
// the reader looks at stays where it is, whatever comes above or below it; who is
// at the end stays at the end.
import { el } from './dom.js';
import { Offsets } from './offsets.js';

/** How far outside of the window rows are made, in px. */
const margin = 800;

/** Rows out of sight that are kept as they are: sorted tables, half-filled forms. */
const kept = 200;

/** What can have the focus. */
const focusable = 'a[href], button, input, select, textarea, summary, audio, [tabindex]';

export class List {
  #scroller;
  #make;
  #items = [];
  #index = new Map();
  #rows = new Map(); // key -> {node, version}; the oldest used first
  #shown = new Set();
  #above = el('div', { class: 'space' });
  #below = el('div', { class: 'space' });
  #offsets;
  #sizes;
  #stuck = true;
  #anchor = null;
  #width = 0;
  #frame = 0;
  #last = 0; // scrollTop as it was known last

  /** onscroll is called after each change of what is seen. */
  onscroll = () => {};

  /** make makes the row of an item; guess guesses its height. */
  constructor(scroller, make, guess) {
    this.#scroller = scroller;
    this.#make = make;
    this.#offsets = new Offsets((i) => guess(this.#items[i]));
    scroller.append(this.#above, this.#below);
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#sizes = new ResizeObserver((changes) => this.#resized(changes));
    this.#sizes.observe(scroller);
  }

  get atEnd() { return this.#stuck; }
  get atStart() { return this.#scroller.scrollTop < margin; }

  /** set shows other items. */
  set(items) {
    this.#items = items;
    this.#index = new Map(items.map((item, i) => [item.key, i]));
    this.#offsets.set(items.map((item) => item.key));
    this.#layout();
  }

  /** toEnd goes to the newest row. */
  toEnd() {
    this.#stuck = true;
    this.#layout();
  }

  /** place is where the reader is, for a later goTo; null at the end. */
  get place() { return this.#stuck ? null : this.#anchor; }

  /** goTo goes to a place, and reports whether its row is there. */
  goTo(place) {
    if (!place || !this.#index.has(place.key)) return false;
    this.#stuck = false;
    this.#anchor = place;
    this.#layout();
    return true;
  }

  /** row returns the row of an item if it is in the page. */
  row(key) { return this.#shown.has(key) ? this.#rows.get(key).node : null; }

  #scrolled() {
    const s = this.#scroller;
    // That what is below has grown does not mean that the reader went up.
    const up = s.scrollTop < this.#last - 1;
    if (up || !this.#stuck) this.#stuck = s.scrollHeight - s.scrollTop - s.clientHeight < 48;
    this.#last = s.scrollTop;
    this.#anchor = this.#look();
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#fill();
      this.onscroll();
    });
  }

  /** look finds the first row in sight, and how far it is from the top. */
  #look() {
    if (!this.#items.length) return null;
    const y = this.#scroller.scrollTop;
    const i = this.#offsets.at(y);
    return { key: this.#items[i].key, offset: this.#offsets.top(i) - y };
  }

  /** layout puts the rows where they belong, and the reader where they were. */
  #layout() {
    // Rows that are made have other heights than were guessed.
    for (let tries = 0; tries < 5; tries++) {
      this.#fill();
      if (!this.#hold()) break;
    }
    this.#last = this.#scroller.scrollTop;
    this.onscroll();
  }

  /** hold moves the window so that the reader stays at the same row; it reports
   * whether it had to. */
  #hold() {
    const s = this.#scroller;
    const before = s.scrollTop;
    const i = this.#anchor ? this.#index.get(this.#anchor.key) : undefined;
    if (this.#stuck) s.scrollTop = s.scrollHeight;
    else if (i !== undefined) s.scrollTop = this.#offsets.top(i) - this.#anchor.offset;
    return Math.abs(s.scrollTop - before) >= 1;
  }

  /** fill makes the rows that are in sight, and takes the others away. */
  #fill() {
    const s = this.#scroller;
    const o = this.#offsets;
    const end = this.#stuck ? o.total : s.scrollTop + s.clientHeight;
    const begin = this.#stuck ? Math.max(0, o.total - s.clientHeight) : s.scrollTop;
    const from = o.at(Math.max(0, begin - margin));
    const to = this.#items.length ? o.at(end + margin) + 1 : 0;
    this.#place(from, to);
    this.#measure(from, to);
    this.#above.style.height = `${o.top(from)}px`;
    this.#below.style.height = `${Math.max(0, o.total - o.top(to))}px`;
  }

  #place(from, to) {
    const wanted = new Set();
    for (let i = from; i < to; i++) wanted.add(this.#items[i].key);
    for (const key of this.#shown) if (!wanted.has(key)) this.#hide(key);
    let after = this.#above;
    for (let i = from; i < to; i++) {
      const node = this.#node(this.#items[i]);
      if (after.nextSibling !== node) after.after(node);
      after = node;
    }
    this.#shown = wanted;
    this.#forget();
  }

  #hide(key) {
    const { node } = this.#rows.get(key);
    this.#sizes.unobserve(node);
    const focused = node.contains(document.activeElement);
    node.remove();
    // Whoever reads with the keyboard is not sent to the top of the page.
    if (focused) this.#scroller.focus({ preventScroll: true });
  }

  #node(item) {
    const row = this.#rows.get(item.key);
    if (row && row.version === item.version) {
      if (!this.#shown.has(item.key)) this.#sizes.observe(row.node);
      this.#rows.delete(item.key); // it is the newest used now
      this.#rows.set(item.key, row);
      return row.node;
    }
    const node = this.#make(item);
    node.key = item.key;
    if (row && row.node !== node) {
      this.#sizes.unobserve(row.node);
      if (row.node.isConnected) this.#replace(row.node, node);
    }
    this.#sizes.observe(node);
    this.#rows.delete(item.key);
    this.#rows.set(item.key, { node, version: item.version });
    return node;
  }

  /** replace shows a row anew: what the reader has opened stays open, and the focus
   * where it was. */
  #replace(old, node) {
    const open = [...old.querySelectorAll('details')].map((d) => d.open);
    node.querySelectorAll('details').forEach((d, i) => { d.open ||= Boolean(open[i]); });
    const focused = old.contains(document.activeElement);
    const at = [...old.querySelectorAll(focusable)].indexOf(document.activeElement);
    old.replaceWith(node);
    if (!focused) return;
    node.querySelectorAll(focusable)[at]?.focus({ preventScroll: true });
    if (!node.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
  }

  #forget() {
    let many = this.#rows.size - this.#shown.size - kept;
    for (const key of this.#rows.keys()) {
      if (many <= 0) return;
      if (this.#shown.has(key)) continue;
      this.#rows.delete(key);
      many--;
    }
  }

  #measure(from, to) {
    for (let i = from; i < to; i++) this.#height(i);
  }

  /** height measures a row, and reports whether that is news. */
  #height(i) {
    const { height } = this.#rows.get(this.#items[i].key).node.getBoundingClientRect();
    return height > 0 && this.#offsets.measured(i, height);
  }

  #resized(changes) {
    const width = this.#scroller.clientWidth;
    let changed = false;
    for (const { target } of changes) {
      if (target === this.#scroller) {
        changed = true;
        if (this.#width && width !== this.#width) this.#offsets.forget();
        this.#width = width;
      } else if (!changed) {
        // Rows that were just made are told of, too: they are measured already.
        const i = this.#index.get(target.key);
        changed = i !== undefined && this.#height(i);
      }
    }
    if (changed) this.#layout();
  }
}
