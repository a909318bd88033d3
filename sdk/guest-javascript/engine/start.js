// What start.wat calls: a script that ran, an export, the end of what promises
// have waiting, and a promise that was rejected.
import { arrange, entered, fallbacks, guards, handlers, notHandled } from "../bot.js";
import { begin } from "../session.js";
import { json, kind } from "./values.js";
import { explain } from "./error.js";
import { host } from "./host.js";

const done = 0, failed = 1, passed = 2, waiting = 3;

// broken is why the script cannot be used: its own exception. describe tells it,
// where operators read it as the reason for which the bot is refused.
let broken = "there is no script in this module: bothost build puts one there";
// settled is what came of a promise that a call returned; undefined before.
let settled;
// rejections are promises that were rejected and asked by nobody, with the reasons.
const rejections = new Map();
// described is what the script declares, once it has started.
let started = false, described;

// onScript is called when the script has run up to its first await: with a promise of
// the rest, or with what it threw.
function onScript(promise, error) {
  broken = undefined;
  if (promise === undefined) {
    stop(error);
  } else {
    settled = undefined;
    promise.then(() => { settled = { value: undefined }; }, (error) => { settled = { error }; });
  }
  return waiting;
}

// onCall runs an export, by its number in start.wat.
function onCall(n) {
  if (broken !== undefined) {
    host.fail(broken);
    return failed;
  }
  if (rejections.size > 0) rejections.clear();
  settled = undefined;
  try {
    const value = run[n](begin());
    if (typeof value?.then !== "function") return end(n, value);
    Promise.resolve(value).then(
      (value) => { settled = { value }; }, (error) => { settled = { error }; });
    running = n;
    return waiting;
  } catch (error) {
    return stop(error);
  }
}

let running = 0;

// run are the exports; what they return, end makes the result of.
const run = [
  undefined,
  () => described,
  (s) => handle(handlers.onStart, s),
  (s) => handle(handlers.onMessage, s),
  (s) => handle(handlers.onVoice, s),
  (s) => handle(handlers.onFile, s),
  (s) => handle(handlers.onEvent, s),
  (s) => handle(entered.get(host.input()), s),
  (s) => handle(fallbacks.size > 0 && fallbacks.get(host.state()) || handlers.onFallback, s),
  (s) => handle(guards[host.input()], s),
];
const describe = 1, check = 9;

function handle(handler, session) {
  return handler ? handler(session) : notHandled;
}

// end returns the result of a call whose handler returned a value.
function end(n, value) {
  if (n === describe) {
    if (described === undefined) return passed;
    host.output(json(described, "the definition"));
  } else if (value === notHandled) {
    return passed;
  } else if (n === check) {
    if (typeof value !== "boolean") {
      const name = JSON.stringify(host.input());
      throw new TypeError(`guard ${name} must return true or false, not ${kind(value)}`);
    }
    host.output(String(value));
  }
  return done;
}

// onQuiet is called when nothing is waiting any more, with the result so far.
function onQuiet(result) {
  try {
    return quiet(result);
  } catch (error) {
    return stop(error);
  }
}

function quiet(result) {
  if (result === failed || broken !== undefined) return failed;
  if (result === waiting && settled && "error" in settled) return stop(settled.error);
  for (const reason of rejections.values()) {
    return stop(reason, "a promise was rejected, and nobody awaits it: ");
  }
  if (result !== waiting) return result;
  if (settled === undefined) {
    return stop(new Error("a promise that is awaited never settles: " +
      "nothing is left in this turn that could settle it"));
  }
  if (started) return end(running, settled.value);
  described = arrange();
  started = true;
  return done;
}

// stop tells why a call failed, or the script.
function stop(error, before = "") {
  let text = before;
  try {
    text += explain(error);
  } catch (other) {
    if (other instanceof InternalError) throw other;
    text += "what was thrown cannot be shown: it throws when one looks at it";
    error = undefined;
  }
  if (error instanceof InternalError && error.message === "out of memory") {
    host.log(text.toWellFormed(), 3);
    host.die();
  }
  if (started) host.fail(text.toWellFormed());
  else broken = text.toWellFormed();
  return failed;
}

function onRejection(promise, reason, handled) {
  if (handled) rejections.delete(promise);
  else rejections.set(promise, reason);
}

export const calls = [onScript, onCall, onQuiet, onRejection];
