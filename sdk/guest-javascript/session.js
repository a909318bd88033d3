// What handlers are given: what was said, and all that a turn can do.
import { host } from "./engine/host.js";
import { bytes, fromText, json, number, string, toText, words } from "./engine/values.js";

// current is the session of the call that runs, and event what it has read of the
// event. One that was kept from an earlier call is that of a turn that has ended.
let current, event;

export function begin() {
  event = undefined;
  return (current = new Session());
}

// live returns the host to a session that may use it.
function live(session) {
  if (session === current) return host;
  throw new Error("this session belongs to a handler that has ended; each handler has its own");
}

// stateName returns the name of a state, which may be given by its name.
function stateName(state, what) {
  return string(typeof state === "object" ? state?.name : state, what + ": the state");
}

export class Session {
  // What was said, and by whom.
  get text() { return live(this).input(); }
  get event() { return live(this) && (event ??= JSON.parse(host.event())); }
  get message() { return live(this).eventGet("text") ?? ""; }
  get intent() { return this.event.intent; }
  param(slot) { return this.intent?.params?.[string(slot, "param: the name")]; }
  // fileRead puts bytes of a file into an array, and returns their number: 0 at the end,
  // less if there is no such file. files.js has files as objects.
  fileRead(index, offset, data) {
    const { buffer, byteOffset, length } = bytes(data, "fileRead: the data");
    return live(this).fileRead(buffer, byteOffset, length,
      number(index, "fileRead: the index"), number(offset, "fileRead: the offset"));
  }
  get id() { return live(this).eventGet("session"); }
  get user() { return this.event.user; }

  // Variables.
  get(key) {
    const text = live(this).sessionGet(string(key, "get: the key"));
    return text === undefined ? text : fromText(text);
  }
  set(key, value) {
    live(this).sessionSet(string(key, "set: the key"), toText(value, "set: the value"));
  }
  getText(key) { return live(this).sessionGet(string(key, "getText: the key")); }
  setText(key, text) {
    live(this).sessionSet(string(key, "setText: the key"), string(text, "setText: the text"));
  }
  delete(key) { live(this).sessionDelete(string(key, "delete: the key")); }

  // The dialog.
  get state() { return live(this).state(); }
  move(state) { live(this).move(stateName(state, "move")); }
  goTo(state) { live(this).move(stateName(state, "goTo")); }
  goBack() { live(this).move("@previous"); }
  history(n = 100) { return JSON.parse(live(this).history(number(n, "history: the number"))); }

  // Replies; those of other kinds are in replies.js.
  reply(text) { live(this).reply(words(text, "reply: the text")); }
  replyOptions(...options) { live(this).replyOptions(json(options.flat(), "replyOptions")); }
  replyAs(kind, body) {
    const text = typeof body === "string" ? string(body) : json(body, "replyAs: the body");
    live(this).replyAs(string(kind, "replyAs: the kind"), text);
  }
  replyFile(name, type, data) {
    const { buffer, byteOffset, length } = bytes(data, "replyFile: the data");
    live(this).replyFile(string(name, "replyFile: the name"), string(type, "replyFile: the type"),
      buffer, byteOffset, length);
  }
  replyDelta(text) { live(this).replyDelta(words(text, "replyDelta: the text")); }
  replyEnd() { live(this).replyEnd(); }

  // Later.
  setTimer(name, ms, data = "") {
    live(this).timerSet(string(name, "setTimer: the name"), string(data, "setTimer: the data"),
      number(ms, "setTimer: the time"));
  }
  cancelTimer(name) { live(this).timerCancel(string(name, "cancelTimer: the name")); }
  http(name, { url, method, headers, body, json: value, timeout: timeout_ms }) {
    if (value !== undefined) {
      headers = { "content-type": "application/json", ...headers };
      body = json(value, "http: json");
    }
    string(url, "http: the URL");
    const request = JSON.stringify({ url, method, headers, body, timeout_ms });
    live(this).httpStart(string(name, "http: the name"), request);
  }

  // The host.
  config(key) { return config(key); }
  now() { return host.now(); }
}

export function config(key) { return host.configGet(string(key, "config: the key")); }
