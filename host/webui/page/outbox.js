// Messages that the host has not yet taken. They are kept in the tab, so that they
// outlive the page, and are sent again under their ids after each break: the host
// runs each of them once.

/** The frames of which a user sees a row. */
export const said = new Set(['message', 'option', 'json', 'files', 'voice']);

export class Outbox {
  #shelf;
  #key;
  #send;
  #messages;
  #held = 0;

  /** send sends a frame, and returns false if it cannot now. */
  constructor(shelf, key, send) {
    this.#shelf = shelf;
    this.#key = key;
    this.#send = send;
    this.#messages = shelf.get(key) ?? [];
  }

  /** messages are what waits, oldest first: {frame, time, label?, error?}. */
  get messages() { return this.#messages; }

  /** put sends a frame, which must have an id, or keeps it until it can be sent. */
  put(frame, more = {}) {
    this.#messages.push({ frame, time: Date.now(), ...more });
    this.#keep();
    if (!this.#held) this.#send(frame);
  }

  /** taken removes a message that the host has; it returns it. */
  taken(id) {
    const i = this.#find(id);
    if (i < 0) return null;
    const [message] = this.#messages.splice(i, 1);
    this.#keep();
    return message;
  }

  /** drop gives a message up. */
  drop(id) { this.taken(id); }

  /**
   * rejected takes the host's refusal. One with a time to wait holds everything
   * back so long, for nothing may overtake; others stay with their error.
   */
  rejected({ id, error, retry_ms: wait }) {
    const i = this.#find(id);
    if (i < 0) return false;
    if (wait) {
      clearTimeout(this.#held);
      this.#held = setTimeout(() => this.flush(), wait);
    } else {
      this.#messages[i].error = error || 'This message was not taken.';
      this.#keep();
    }
    return true;
  }

  /** flush sends all again that has no answer. */
  flush() {
    clearTimeout(this.#held);
    this.#held = 0;
    for (const { frame, error } of this.#messages) if (!error) this.#send(frame);
  }

  /**
   * fail keeps what the user said, with why it was not taken, for them to decide; what
   * they did not say goes.
   */
  fail(error) {
    this.#messages = this.#messages.filter((m) => said.has(m.frame.type));
    for (const m of this.#messages) m.error ||= error;
    this.#keep();
  }

  #find(id) { return this.#messages.findIndex((m) => m.frame.id === id); }

  #keep() { this.#shelf.set(this.#key, this.#messages.length ? this.#messages : null); }
}
