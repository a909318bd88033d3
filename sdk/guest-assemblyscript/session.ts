// What a handler can do.

import { Bytes, buf, cap, grow, number, quote, quoteAll, raw, textOf } from "./host";

/** What came of a handler. */
export enum Result {
  Done = 0,
  Failed = 1,
  NotHandled = 2,
}

/**
 * The conversation with one user. What is done to it counts when the turn ends well, and
 * only then. An argument that breaks a rule of the contract ends the turn, with words for
 * the operator: there are no errors to look at.
 */
@final export class Session {
  result: Result = Result.Done;

  /** Ends the turn badly: nothing of it is kept, and the operator reads these words. */
  fail(words: string): void {
    const w = new Bytes(words);
    raw.fail(w.ptr, w.len);
    this.result = Result.Failed;
  }

  /** Lets the host go on as if there were no handler. */
  notHandled(): void {
    this.result = Result.NotHandled;
  }

  // What was said.

  /** The input of this handler: of onMessage and fallback the text. */
  get text(): string {
    let n = raw.input(buf(), cap());
    if (grow(n)) n = raw.input(buf(), cap());
    return textOf(n) || "";
  }

  /** The event's text, also in the state that it led to. */
  get message(): string | null {
    return this.eventGet("text");
  }

  /** The name of the intent that the text has. */
  get intent(): string | null {
    return this.eventGet("intent.name");
  }

  /** Returns a parameter of the intent. */
  param(name: string): string | null {
    return this.eventGet("intent.params." + name);
  }

  /** The event as JSON. */
  get event(): string {
    let n = raw.event(buf(), cap());
    if (grow(n)) n = raw.event(buf(), cap());
    return textOf(n) || "";
  }

  /** Returns one value of the event by its path, such as files.0.name. */
  eventGet(path: string): string | null {
    const p = new Bytes(path);
    let n = raw.event_get(p.ptr, p.len, buf(), cap());
    if (grow(n)) n = raw.event_get(p.ptr, p.len, buf(), cap());
    return textOf(n);
  }

  /**
   * Reads bytes of the event's files, beginning at an offset. It returns how many, 0 at
   * the end, and -1 if there is no such file.
   */
  fileRead(index: i32, offset: i64, bytes: Uint8Array): i32 {
    return raw.file_read(index, offset, bytes.dataStart, bytes.length);
  }

  /** Returns a whole file of the event. */
  file(index: i32): Uint8Array | null {
    const size = this.eventGet("files." + index.toString() + ".size");
    if (size === null) return null;
    const bytes = new Uint8Array(I32.parseInt(size));
    let have = 0;
    while (have < bytes.length) {
      const n = this.fileRead(index, have, bytes.subarray(have));
      if (n < 0) return null;
      if (n == 0) break;
      have += n;
    }
    return bytes.subarray(0, have);
  }

  // Replies.

  /** Replies with a text. */
  reply(text: string): void {
    const t = new Bytes(text);
    raw.reply(t.ptr, t.len);
  }

  /**
   * Adds text to the reply in progress, and begins one if there is none. Users see it
   * while it is made; the next other reply, or the handler's end, ends it.
   */
  replyDelta(text: string): void {
    const t = new Bytes(text);
    raw.reply_delta(t.ptr, t.len);
  }

  /** Ends the reply in progress, if there is one. */
  replyEnd(): void {
    raw.reply_end();
  }

  /** Replies with options to choose from, whose values are their labels. */
  replyOptions(labels: string[]): void {
    options(quoteAll(labels));
  }

  /** Replies with options to choose from, each an array of label and value. */
  replyChoices(choices: string[][]): void {
    const all = new Array<string>(choices.length);
    for (let i = 0; i < choices.length; i++) {
      all[i] = '{"label":' + quote(choices[i][0]) + ',"value":' + quote(choices[i][1]) + "}";
    }
    options(all.join(","));
  }

  /** Replies in Markdown. */
  replyMarkdown(text: string): void {
    this.replyAs("markdown", text);
  }

  /** Replies in HTML. */
  replyHTML(html: string): void {
    this.replyAs("html", html);
  }

  /** Replies with a place on a map, in degrees. */
  replyLocation(latitude: f64, longitude: f64): void {
    this.replyAs("location",
      '{"latitude":' + number(latitude) + ',"longitude":' + number(longitude) + "}");
  }

  /** Replies with any kind of the contract, such as dataframe with a body of JSON. */
  replyAs(kind: string, body: string): void {
    const k = new Bytes(kind);
    const b = new Bytes(body);
    raw.reply_as(k.ptr, k.len, b.ptr, b.len);
  }

  /** Replies with a file; an image or audio if the MIME type is one of these. */
  replyFile(name: string, mime: string, data: Uint8Array): void {
    const n = new Bytes(name);
    const m = new Bytes(mime);
    raw.reply_file(n.ptr, n.len, m.ptr, m.len, data.dataStart, data.length);
  }

  // State.

  /** Returns a variable of the session. */
  get(key: string): string | null {
    const k = new Bytes(key);
    let n = raw.session_get(k.ptr, k.len, buf(), cap());
    if (grow(n)) n = raw.session_get(k.ptr, k.len, buf(), cap());
    return textOf(n);
  }

  /** Sets a variable of the session. */
  set(key: string, value: string): void {
    const k = new Bytes(key);
    const v = new Bytes(value);
    raw.session_set(k.ptr, k.len, v.ptr, v.len);
  }

  /** Removes a variable of the session. */
  delete(key: string): void {
    const k = new Bytes(key);
    raw.session_delete(k.ptr, k.len);
  }

  /** Returns a variable that is a whole number; another number if it is not set. */
  getInt(key: string, otherwise: i64 = 0): i64 {
    const value = this.get(key);
    return value === null ? otherwise : I64.parseInt(value);
  }

  /** Sets a variable to a whole number. */
  setInt(key: string, value: i64): void {
    this.set(key, value.toString());
  }

  /** Where the session stands, or will stand after goTo. */
  get state(): string {
    let n = raw.state(buf(), cap());
    if (grow(n)) n = raw.state(buf(), cap());
    return textOf(n) || "";
  }

  /** Goes to a state when the handler has returned. */
  goTo(state: string): void {
    const s = new Bytes(state);
    raw.move(s.ptr, s.len);
  }

  /** Goes back to the state from which a global one was reached. */
  goBack(): void {
    this.goTo("@previous");
  }

  /** Returns the newest entries of the log as JSON, oldest first. */
  history(entries: i32): string {
    let n = raw.history(entries, buf(), cap());
    if (grow(n)) n = raw.history(entries, buf(), cap());
    return textOf(n) || "";
  }

  // Later. Timers and answers come as events.

  /** Sets a timer, in the place of one of the same name. */
  setTimer(name: string, delayMs: i64, data: string = ""): void {
    const n = new Bytes(name);
    const d = new Bytes(data);
    raw.timer_set(n.ptr, n.len, delayMs, d.ptr, d.len);
  }

  /** Removes a timer. */
  cancelTimer(name: string): void {
    const n = new Bytes(name);
    raw.timer_cancel(n.ptr, n.len);
  }

  /** Makes a request (JSON) after the turn. */
  http(name: string, request: string): void {
    const n = new Bytes(name);
    const r = new Bytes(request);
    raw.http_start(n.ptr, n.len, r.ptr, r.len);
  }
}

function options(choices: string): void {
  const json = new Bytes("[" + choices + "]");
  raw.reply_options(json.ptr, json.len);
}
