// Files on their way to the host: each asks for a token over the connection, is
// brought with it over HTTP, and then waits to be named in a message.
import { newID } from './dom.js';

/** How many files a message has at most. */
export const mostFiles = 16;

export class Uploads {
  #ask;
  #asked = new Map();
  #list = [];

  /** changed is called after each change. */
  changed = () => {};

  /** ask sends a frame, and returns false if there is no connection. */
  constructor(ask) { this.#ask = ask; }

  /** list has {id, file, state, done, error, answer} for each file; state is
   * asking, sending, ready or failed, done from 0 to 1. */
  get list() { return this.#list; }
  get busy() { return this.#list.some((u) => u.state === 'asking' || u.state === 'sending'); }
  get ready() { return this.#list.filter((u) => u.state === 'ready'); }

  /**
   * add begins to bring a file; limits are those of the welcome. When it is there it
   * waits until it is taken, or goes to brought, if that is given.
   */
  add(file, limits, brought = null) {
    const upload = {
      id: newID(), file, brought, state: 'asking', done: 0, error: '', answer: null, request: null,
    };
    this.#list.push(upload);
    const sum = this.#list.reduce((n, u) => n + (u.state === 'failed' ? 0 : u.file.size), 0);
    if (!limits?.file_bytes) this.#fail(upload, 'This bot takes no files here.');
    else if (this.#list.length > mostFiles) this.#fail(upload, `A message has at most ${mostFiles} files.`);
    else if (!file.size) this.#fail(upload, 'This file is empty.');
    else if (file.size > limits.file_bytes) this.#fail(upload, 'This file is too large.');
    else if (sum > limits.event_file_bytes) this.#fail(upload, 'These files are too large together.');
    else this.#begin(upload);
    return upload;
  }

  /** again tries once more what failed. */
  again(upload) {
    upload.state = 'asking';
    upload.error = '';
    upload.done = 0;
    this.#begin(upload);
  }

  /** cancel ends one, and forgets it. */
  cancel(upload) {
    this.#asked.delete(upload.id);
    upload.request?.abort();
    this.#list = this.#list.filter((u) => u !== upload);
    this.changed();
  }

  /** take hands out what is ready, and forgets it. */
  take() {
    const ready = this.ready;
    this.#list = this.#list.filter((u) => u.state !== 'ready');
    this.changed();
    return ready;
  }

  /** frame takes the host's answer, and reports whether it is for an upload. */
  frame(frame) {
    const upload = this.#asked.get(frame.id);
    if (!upload) return false;
    if (frame.type === 'upload') this.#bring(upload, frame);
    else if (frame.type !== 'rejected') return false;
    else if (frame.retry_ms) setTimeout(() => this.#send(upload), frame.retry_ms);
    else this.#fail(upload, frame.error);
    return true;
  }

  /** reconnected asks again for what was not answered. */
  reconnected() { for (const upload of this.#asked.values()) this.#send(upload); }

  #begin(upload) {
    upload.id = newID();
    this.#asked.set(upload.id, upload);
    this.#send(upload);
    this.changed();
  }

  #send(upload) {
    if (this.#asked.has(upload.id)) this.#ask({ type: 'upload', id: upload.id });
  }

  #fail(upload, error) {
    this.#asked.delete(upload.id);
    upload.state = 'failed';
    upload.error = error || 'This file could not be brought.';
    this.changed();
  }

  #bring(upload, { token, url }) {
    this.#asked.delete(upload.id);
    upload.state = 'sending';
    upload.url = url;
    const request = new XMLHttpRequest(); // which tells how far it is, as fetch does not
    upload.request = request;
    request.open('POST', `${url}?name=${encodeURIComponent(upload.file.name || 'file')}`);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', upload.file.type || 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', (e) => {
      upload.done = e.total ? e.loaded / e.total : 0;
      this.changed();
    });
    request.addEventListener('load', () => this.#answered(upload, request));
    request.addEventListener('error', () => this.#fail(upload, 'The connection broke off.'));
    request.send(upload.file);
    this.changed();
  }

  #answered(upload, request) {
    const answer = request.response;
    if (request.status !== 200 && request.status !== 201 || !answer?.file) {
      this.#fail(upload, answer?.error);
      return;
    }
    upload.state = 'ready';
    upload.done = 1;
    upload.answer = answer;
    if (upload.brought) this.#list = this.#list.filter((u) => u !== upload);
    this.changed();
    upload.brought?.(upload);
  }
}
