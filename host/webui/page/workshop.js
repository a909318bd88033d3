// What people see who write the bot: a quiet line when it was reloaded, or why it
// was not, and a drawer with what the session holds and the dialog as a drawing.
import { el, button } from './dom.js';
import { drawing } from './markup.js';
import { code } from './kinds.js';

const every = 2000;

/** brief is the first line of what compilers say, or as much of it as a line holds. */
function brief(error) {
  const line = error.split('\n', 1)[0];
  return line.length > 120 ? `${line.slice(0, 120)} …` : line;
}

export class Workshop {
  #page;
  #line;
  #drawer;
  #seen = -1;
  #state = '';
  #picture = null;
  #stop = 0;
  #parts = {};

  /** page has bot, session, resume and fetchJSON(path, token). */
  constructor(page, line, drawer) {
    this.#page = page;
    this.#line = line;
    this.#drawer = drawer;
    this.#build();
    this.#poll();
  }

  get open() { return !this.#drawer.hidden; }

  toggle() {
    this.#drawer.hidden = this.open;
    document.body.classList.toggle('drawn', this.open);
    if (this.open) {
      this.look();
      this.#draw();
      this.#drawer.querySelector('button').focus();
    }
    return this.open;
  }

  #build() {
    const part = (key, title) => {
      this.#parts[key] = el('div', { class: key });
      return el('section', {}, el('h3', {}, title), this.#parts[key]);
    };
    this.#drawer.replaceChildren(
      el('header', {}, el('h2', {}, 'Inside'), button('close', 'Close', () => this.#page.toggleWorkshop())),
      part('state', 'State'), part('variables', 'Variables'), part('timers', 'Waits for'), part('dialog', 'Dialog'));
  }

  async #poll() {
    try {
      if (document.visibilityState === 'visible') await this.#reloads();
    } catch { /* the host is away: the connection says so */ }
    this.#stop = setTimeout(() => this.#poll(), every);
  }

  async #reloads() {
    const { newest, reloads } = await this.#page.fetchJSON(`/ui/workshop/reloads?after=${Math.max(0, this.#seen)}`);
    const first = this.#seen < 0;
    const restarted = newest < this.#seen;
    this.#seen = newest;
    if (first || restarted) return;
    for (const r of reloads) if (r.bot === this.#page.bot) this.#tell(r);
  }

  #tell(r) {
    this.#picture = null;
    if (this.open) this.#draw();
    const took = r.took_ms ? ` in ${Math.round(r.took_ms)} ms` : '';
    this.#line.className = `line ${r.error ? 'refused' : ''}`;
    this.#line.replaceChildren(r.error ?
      el('details', {}, el('summary', {}, `A change was refused, the bot goes on as it was: ${brief(r.error)}`),
        el('pre', { tabindex: '0' }, r.error)) :
      el('span', {}, r.new ? `The bot was reloaded${took}: ${r.new}` : 'The bot was removed'),
    button('close', 'Close', () => { this.#line.hidden = true; }));
    this.#line.hidden = false;
  }

  /** look shows what the session holds now. */
  async look() {
    if (!this.open || !this.#page.session) return;
    let inside;
    try {
      const { session, resume } = this.#page;
      inside = await this.#page.fetchJSON(this.#path(`/sessions/${encodeURIComponent(session)}`), resume);
    } catch (error) {
      this.#parts.state.replaceChildren(el('p', { class: 'fine' }, error.message));
      return;
    }
    this.#state = inside.state;
    this.#parts.state.replaceChildren(el('p', {}, el('code', {}, inside.state || 'none'),
      inside.back?.length ? el('span', { class: 'fine' }, ` back to ${inside.back.join(', ')}`) : '',
      el('span', { class: 'fine' }, ` turn ${inside.turn}`)));
    const names = Object.keys(inside.variables ?? {}).sort();
    this.#parts.variables.replaceChildren(names.length ? el('dl', {}, names.map((name) => [
      el('dt', {}, name), el('dd', {}, code(inside.variables[name]))])) : el('p', { class: 'fine' }, 'None'));
    this.#parts.timers.replaceChildren(inside.timers?.length ?
      el('ul', {}, inside.timers.map((t) =>
        el('li', {}, el('code', {}, t.name), ` ${new Date(t.due).toLocaleTimeString()}`))) :
      el('p', { class: 'fine' }, 'Nothing'));
    this.#mark();
  }

  #path(rest) { return `/ui/workshop/bots/${encodeURIComponent(this.#page.bot)}${rest}`; }

  async #draw() {
    if (this.#picture) return;
    const box = this.#parts.dialog;
    try {
      const { svg, text } = await this.#page.fetchJSON(this.#path('/dialog'));
      this.#picture = (svg && drawing(svg)) || el('pre', {}, text ?? '');
      box.replaceChildren(el('div', {
        class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Drawing of the dialog',
      }, this.#picture));
    } catch (error) {
      box.replaceChildren(el('p', { class: 'fine' }, error.message));
    }
    this.#mark();
  }

  /** mark shows where the session stands. */
  #mark() {
    for (const box of this.#parts.dialog.querySelectorAll('g')) {
      const name = box.querySelector(':scope > .name')?.textContent;
      if (name === undefined) continue;
      const whole = box.querySelector(':scope > title')?.textContent.split('\n')[0];
      const here = this.#state && (name === this.#state || whole === this.#state);
      box.classList.toggle('current', Boolean(here));
      if (here && this.open) box.scrollIntoView({ block: 'nearest', inline: 'center' });
    }
  }
}
