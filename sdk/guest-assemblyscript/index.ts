/**
 * Write a bot for bothost in AssemblyScript. It is declared at the top of its file, which
 * runs once for each instance:
 *
 *	import { bot } from "./bothost";
 *	export * from "./bothost/exports";
 *
 *	bot.onMessage((s) => s.reply(s.text));
 *
 * This file and exports.ts are all of it. What dialog.ts adds may be left out.
 *
 * Keep nothing in variables that a later turn needs: the host takes any of its instances
 * for the next turn. State goes to the session.
 */

/** Runs in a turn. It is done when it returns, unless it says s.fail or s.notHandled. */
export type Handler = (s: Session) => void;

/** Tells whether a transition may be taken. */
export type Guard = (s: Session) => bool;

/** A text in UTF-8, which is given to the host as the place where it begins. */
type Utf8 = ArrayBuffer;

// The text that was given last, and the room that values are read to. It is the same for
// all reads, and grows with the largest, so that an instance lasts.
let given: Utf8 = new ArrayBuffer(0), room: usize = heap.alloc(1024), cap: i32 = 1024;

/** Half a surrogate pair, as slice may leave it, becomes U+FFFD: 1 is ErrorMode.REPLACE. */
function utf8(text: string): Utf8 { return given = String.UTF8.encode(text, false, 1); }

/** The length of the text that stands before it: arguments are made from left to right. */
function len(): i32 { return given.byteLength; }

/** Reads a text; null if there is none. What is read without a key is given any. */
function read(from: (k: Utf8, n: i32, b: usize, c: i32) => i32, key: Utf8, n: i32): string | null {
  const have = from(key, n, room, cap);
  if (have <= cap) return have < 0 ? null : String.UTF8.decodeUnsafe(room, have);
  heap.free(room);
  room = heap.alloc(cap = have);
  return read(from, key, n);
}

/**
 * The conversation with one user. What is done to it counts when the turn ends well, and
 * only then. An argument that breaks a rule of the contract ends the turn, with words for
 * the operator: there are no errors to look at.
 */
@final export class Session {
  /** What came of the handler: 0 done, 1 failed, 2 not handled. */
  result: i32 = 0;

  /** Ends the turn badly: nothing of it is kept, and the operator reads these words. */
  fail(words: string): void { fail(utf8(words), len()); this.result = 1; }

  /** Lets the host go on as if there were no handler. */
  notHandled(): void { this.result = 2; }

  // What was said.

  /** The input of this handler: of onMessage and fallback the text. */
  get text(): string { return read((k, n, b, c) => input(b, c), given, 0) || ""; }

  /** The event's text, also in the state that it led to. */
  get message(): string | null { return this.eventGet("text"); }

  /** The name of the intent that the text has. */
  get intent(): string | null { return this.eventGet("intent.name"); }

  /** Returns a parameter of the intent. */
  param(name: string): string | null { return this.eventGet("intent.params." + name); }

  /** The event as JSON. */
  get event(): string { return read((k, n, b, c) => event(b, c), given, 0) || ""; }

  /** Returns one value of the event by its path, such as files.0.name. */
  eventGet(path: string): string | null { return read(event_get, utf8(path), len()); }

  /**
   * Reads bytes of one of the event's files, beginning at an offset. It returns how many,
   * 0 at the end, and -1 if there is no such file.
   */
  fileRead(i: i32, at: i64, b: Uint8Array): i32 { return file_read(i, at, b.dataStart, b.length); }

  /** Returns a whole file of the event. */
  file(index: i32): Uint8Array | null {
    const bytes = new Uint8Array(I32.parseInt(this.eventGet(`files.${index}.size`) || "0"));
    return this.fileRead(index, 0, bytes) < 0 ? null : bytes;
  }

  // Replies.

  /** Replies with a text. */
  reply(text: string): void { reply(utf8(text), len()); }

  /**
   * Adds text to the reply in progress, and begins one if there is none. Users see it
   * while it is made; the next other reply, or the handler's end, ends it.
   */
  replyDelta(text: string): void { reply_delta(utf8(text), len()); }

  /** Ends the reply in progress, if there is one. */
  replyEnd(): void { reply_end(); }

  /** Replies with options to choose from, whose values are their labels. */
  replyOptions(labels: string[]): void { reply_options(utf8(`[${quoteAll(labels)}]`), len()); }

  /** Replies with options to choose from, each an array of label and value. */
  replyChoices(choices: string[][]): void {
    const all = choices.map<string>((c) => `{"label":${quote(c[0])},"value":${quote(c[1])}}`);
    reply_options(utf8(`[${all.join(",")}]`), len());
  }

  /** Replies in Markdown. */
  replyMarkdown(text: string): void { this.replyAs("markdown", text); }

  /** Replies in HTML. */
  replyHTML(html: string): void { this.replyAs("html", html); }

  /** Replies with a place on a map, in degrees. */
  replyLocation(latitude: f64, longitude: f64): void {
    this.replyAs("location", `{"latitude":${latitude},"longitude":${longitude}}`);
  }

  /** Replies with any kind of the contract, such as dataframe with a body of JSON. */
  replyAs(kind: string, body: string): void { reply_as(utf8(kind), len(), utf8(body), len()); }

  /** Replies with a file; an image or audio if the MIME type is one of these. */
  replyFile(name: string, mime: string, data: Uint8Array): void {
    reply_file(utf8(name), len(), utf8(mime), len(), data.dataStart, data.length);
  }

  // State.

  /** Returns a variable of the session. */
  get(key: string): string | null { return read(session_get, utf8(key), len()); }

  /** Sets a variable of the session. */
  set(key: string, value: string): void { session_set(utf8(key), len(), utf8(value), len()); }

  /** Removes a variable of the session. */
  delete(key: string): void { session_delete(utf8(key), len()); }

  /** Returns a variable that is a whole number; another number if it is not set. */
  getInt(key: string, or: i64 = 0): i64 { return I64.parseInt(this.get(key) || or.toString()); }

  /** Sets a variable to a whole number. */
  setInt(key: string, value: i64): void { this.set(key, value.toString()); }

  /** Where the session stands, or will stand after goTo. */
  get state(): string { return read((k, n, b, c) => state(b, c), given, 0) || ""; }

  /** Goes to a state when the handler has returned. */
  goTo(state: string): void { move(utf8(state), len()); }

  /** Goes back to the state from which a global one was reached. */
  goBack(): void { this.goTo("@previous"); }

  /** Returns the newest entries of the log as JSON, oldest first. */
  history(n: i32): string { return read((k, i, b, c) => history(i, b, c), given, n) || ""; }

  // Later. Timers and answers come as events.

  /** Sets a timer, in the place of one of the same name. */
  setTimer(name: string, delayMs: i64, data: string = ""): void {
    timer_set(utf8(name), len(), delayMs, utf8(data), len());
  }

  /** Removes a timer. */
  cancelTimer(name: string): void { timer_cancel(utf8(name), len()); }

  /** Makes a request, in JSON, after the turn. */
  http(name: string, json: string): void { http_start(utf8(name), len(), utf8(json), len()); }
}

// What needs no session.

/** Returns the operator's configuration for this bot. */
export function config(key: string): string | null { return read(config_get, utf8(key), len()); }

/** Returns the custom section bothost.asset. */
export function asset(): ArrayBuffer | null {
  const bytes = new Uint8Array(max(asset_read(room, 0), 0));
  return asset_read(bytes.dataStart, bytes.length) < 0 ? null : bytes.buffer;
}

/** Returns random bytes, fit for secrets, as a number. */
export function random(): u64 { random_fill(room, 8); return load<u64>(room); }

/** Logs a line for those who look for faults. */
export function debug(line: string): void { log(0, utf8(line), len()); }

/** Logs a line for the operator. */
export function info(line: string): void { log(1, utf8(line), len()); }

/** Logs what the operator should look at. */
export function warn(line: string): void { log(2, utf8(line), len()); }

/** Logs what went wrong. */
export function error(line: string): void { log(3, utf8(line), len()); }

/** Returns a text as a string of JSON. */
export function quote(text: string): string {
  let json = '"', from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 32 && c != 0x22 && c != 0x5c) continue;
    json += text.slice(from, i) + (c < 16 ? "\\u000" : c < 32 ? "\\u001" : "\\");
    json += c < 32 ? "0123456789abcdef".charAt(c % 16) : text.charAt(i);
    from = i + 1;
  }
  return json + text.slice(from) + '"';
}

/** Returns texts as strings of JSON, with commas between them. */
export function quoteAll(texts: string[]): string {
  return texts.map<string>((text) => quote(text)).join(",");
}

// What runs. The bot's handlers are what its declaration sets; exports.ts asks for them.

const pass: Handler = (s) => s.notHandled();

// The first of entered is for states that are not among those with a handler.
const states: string[] = [], entered = [pass], guards: string[] = [], holds: Guard[] = [];
let definition = "";
export let start = pass, message = pass, voice = pass, files = pass, events = pass, rest = pass;

/** Runs a handler, and returns what came of it. */
export function run(h: Handler): i32 { const s = new Session(); h(s); return s.result; }

/** Answers with the definition. */
export const describe: Handler = (s) => output(utf8(definition), len());

/** Returns what runs when a state is entered. The last one counts that was set. */
export function enter(state: string): Handler { return entered[states.lastIndexOf(state) + 1]; }

const check: Handler = (s) => output(utf8(holds[guards.lastIndexOf(s.text)](s).toString()), len());

/** Returns what answers a guard. The host tells the operator of those that nobody knows. */
export function asked(name: string): Handler { return guards.includes(name) ? check : pass; }

/** Declares a bot: its definition, and what it does. A dialog tells it here, too. */
@final export class Bot {
  /** Sets the definition, in JSON. */
  define(json: string): Bot { definition = json; return this; }

  /** Sets what runs when a state is entered. */
  enter(state: string, h: Handler): Bot { states.push(state); entered.push(h); return this; }

  /** Answers the guard of this name, which transitions ask. */
  guard(name: string, is: Guard): Bot { guards.push(name); holds.push(is); return this; }

  /** Sets what runs when a session begins, or begins anew. */
  onStart(handler: Handler): Bot { start = handler; return this; }

  /** Sets what runs when a text came that no transition took. */
  onMessage(handler: Handler): Bot { message = handler; return this; }

  /** Sets what runs when audio came that no transition took. */
  onVoice(handler: Handler): Bot { voice = handler; return this; }

  /** Sets what runs when files came that no transition took. */
  onFile(handler: Handler): Bot { files = handler; return this; }

  /** Sets what runs on timers, answers to requests, JSON, feedback and custom events. */
  onEvent(handler: Handler): Bot { events = handler; return this; }

  /** Sets what runs when nothing else took what a human said. */
  fallback(handler: Handler): Bot { rest = handler; return this; }
}

/** The bot of this module. */
export const bot = new Bot();

// The functions of the host, as abi/README.md tells them: texts and JSON with their length
// in bytes; those that read take a buffer, and return how long the value is.
//
// Each one names its module: the compiler could take it from the name of a file, but does
// so in another way than its manual says.

@external("bothost_v1", "input") declare function input(buf: usize, cap: i32): i32;
@external("bothost_v1", "output") declare function output(text: Utf8, len: i32): void;
@external("bothost_v1", "fail") declare function fail(words: Utf8, len: i32): void;
@external("bothost_v1", "log") declare function log(level: i32, line: Utf8, n: i32): void;
@external("bothost_v1", "event") declare function event(buf: usize, cap: i32): i32;
@external("bothost_v1", "event_get")
declare function event_get(path: Utf8, n: i32, buf: usize, cap: i32): i32;
@external("bothost_v1", "reply") declare function reply(text: Utf8, len: i32): void;
@external("bothost_v1", "reply_options") declare function reply_options(json: Utf8, n: i32): void;
@external("bothost_v1", "reply_as")
declare function reply_as(kind: Utf8, n: i32, body: Utf8, len: i32): void;
@external("bothost_v1", "reply_file")
declare function reply_file(name: Utf8, n: i32, mime: Utf8, m: i32, data: usize, len: i32): void;
@external("bothost_v1", "reply_delta") declare function reply_delta(text: Utf8, n: i32): void;
@external("bothost_v1", "reply_end") declare function reply_end(): void;
@external("bothost_v1", "file_read")
declare function file_read(index: i32, offset: i64, buf: usize, cap: i32): i32;
@external("bothost_v1", "session_get")
declare function session_get(key: Utf8, n: i32, buf: usize, cap: i32): i32;
@external("bothost_v1", "session_set")
declare function session_set(key: Utf8, n: i32, value: Utf8, len: i32): void;
@external("bothost_v1", "session_delete") declare function session_delete(key: Utf8, n: i32): void;
@external("bothost_v1", "state") declare function state(buf: usize, cap: i32): i32;
@external("bothost_v1", "move") declare function move(state: Utf8, len: i32): void;
@external("bothost_v1", "history") declare function history(n: i32, buf: usize, cap: i32): i32;
@external("bothost_v1", "timer_set")
declare function timer_set(name: Utf8, n: i32, delay_ms: i64, data: Utf8, len: i32): void;
@external("bothost_v1", "timer_cancel") declare function timer_cancel(name: Utf8, n: i32): void;
@external("bothost_v1", "http_start")
declare function http_start(name: Utf8, n: i32, json: Utf8, len: i32): void;
@external("bothost_v1", "config_get")
declare function config_get(key: Utf8, n: i32, buf: usize, cap: i32): i32;
@external("bothost_v1", "asset") declare function asset_read(buf: usize, cap: i32): i32;
/** Returns the turn's time in milliseconds since 1970 UTC. */
@external("bothost_v1", "now") export declare function now(): i64;
@external("bothost_v1", "random") declare function random_fill(buf: usize, len: i32): void;
