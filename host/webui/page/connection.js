// The connection to the host: it says hello, takes sessions up, answers pings, and
// comes back when it breaks. What frames mean is told to a listener; messages that
// wait for an answer are in an outbox, which outlives connections.
import { backoff } from './backoff.js';

const protocol = 'bothost.v1';

/** The host pings every 30 s at most: after this time of silence it is gone. */
const silence = 45_000;

/** Close codes of the host after which coming back needs something else first. */
export const closed = { frameTooLarge: 4501, flood: 4502, sessionGone: 4503, tooMany: 4504, unauthorized: 4505 };

/**
 * Connection connects to url until stop is called. The listener has the methods
 *   hello()            returns what the hello frame carries
 *   welcome(frame)     the host answered it
 *   frame(frame)       any other frame
 *   state(name, info)  connecting, open, waiting (info.until, in ms), or stopped
 *                      (info.code)
 */
export class Connection {
  #url;
  #listener;
  #socket = null;
  #tries = 0;
  #atLeast = 0;
  #timer = 0;
  #silent = 0;
  #welcomed = false;
  #unauthorized = false;
  #acked = 0;
  #acking = 0;

  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#hurry();
    });
  }

  get open() { return this.#welcomed; }

  /** start connects, at once, also where a connection was. */
  start() {
    this.stop();
    this.#tries = 0;
    this.#connect();
  }

  /** stop ends the connection for good, until start. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#drop();
  }

  /** send sends a frame, and reports whether there is somebody to send it to. */
  send(frame) {
    if (!this.#welcomed) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** ack tells the host, by and by, how far we are. */
  ack(seq) {
    this.#acked = seq;
    if (this.#acking) return;
    this.#acking = setTimeout(() => {
      this.#acking = 0;
      this.send({ type: 'ack', seq: this.#acked });
    }, 1000);
  }

  #connect() {
    this.#listener.state('connecting');
    this.#unauthorized = false;
    let socket;
    try {
      socket = new WebSocket(this.#url, protocol);
    } catch {
      this.#again();
      return;
    }
    this.#socket = socket;
    const mine = (handle) => (e) => { if (this.#socket === socket) handle(e); };
    socket.addEventListener('open', mine(() => {
      this.#listen();
      socket.send(JSON.stringify({ type: 'hello', ...this.#listener.hello() }));
    }));
    socket.addEventListener('message', mine((e) => {
      this.#listen();
      for (const line of String(e.data).split('\n')) if (line.trim()) this.#line(line);
    }));
    socket.addEventListener('close', mine((e) => this.#closed(e.code)));
  }

  /** listen notes that the host is there. */
  #listen() {
    clearTimeout(this.#silent);
    this.#silent = setTimeout(() => this.#closed(0), silence);
  }

  #line(line) {
    let frame;
    try {
      frame = JSON.parse(line);
    } catch {
      return; // a newer host may say what we do not read
    }
    switch (frame.type) {
      case 'ping':
        this.#socket?.send('{"type":"pong"}');
        return;
      case 'pong':
        return;
      case 'closing':
        this.#atLeast = frame.retry_ms ?? 0;
        return;
      case 'welcome':
        this.#welcomed = true;
        this.#tries = 0;
        this.#listener.state('open');
        this.#listener.welcome(frame);
        return;
      case 'rejected':
        this.#unauthorized ||= frame.code === 'unauthorized';
    }
    this.#listener.frame(frame);
  }

  /** drop forgets the socket: nothing that it says counts any more. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    clearTimeout(this.#silent);
    clearTimeout(this.#acking);
    this.#acking = 0;
    socket?.close(1000);
  }

  #closed(code) {
    this.#drop();
    if (this.#unauthorized) code = closed.unauthorized;
    if (code >= 4500 && code < 5000) this.#listener.state('stopped', { code });
    else this.#again();
  }

  #again() {
    const wait = backoff(this.#tries++, this.#atLeast);
    this.#atLeast = 0;
    this.#listener.state('waiting', { until: Date.now() + wait });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#connect();
    }, wait);
  }

  /** hurry connects now if it would later. */
  #hurry() {
    if (!this.#timer || this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#connect();
  }

  /** now connects now, because the user asks for it. */
  now() { this.#hurry(); }
}
