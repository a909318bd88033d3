// The dialog that a bot declares: objects as bot.define takes them, of which the
// methods here make parts.
import { bot, declaring } from "./bot.js";
import { join } from "./clauses.js";
import { callable, kind, string } from "./engine/values.js";

// nameOf returns the name of a state or an intent, which may be given by its name.
const nameOf = (value) => value instanceof State || value instanceof Intent ? value.name : value;

class Intent {
  constructor(name) { this.name = name; }
}

class Entity {
  #values;
  constructor(name, values) {
    this.name = name;
    this.#values = values;
  }
  value(value, ...synonyms) {
    this.#values.push(synonyms.length > 0 ? { value, synonyms: synonyms.flat() } : value);
    return this;
  }
}

// Transition is one that is being declared.
class Transition {
  #plain;
  constructor(plain) { this.#plain = plain; }
  and(clause) {
    declaring("a transition");
    if (typeof clause === "function") clause = { guard: clause };
    if (typeof clause === "string" || clause instanceof Intent) clause = { intent: nameOf(clause) };
    if (typeof clause !== "object" || clause === null) {
      throw new TypeError("a transition waits for an intent, a trigger, a condition or a guard, " +
        `not for ${kind(clause)}`);
    }
    join(this.#plain, clause);
    return this;
  }
  if(...guard) {
    declaring("if");
    const holds = callable(guard.pop(), "if: the guard");
    return this.and(guard.length > 0 ? bot.guard(guard[0], holds) : holds);
  }
  goTo(state) {
    declaring("goTo");
    this.#plain.to = string(nameOf(state), "goTo: the state");
  }
  goBack() {
    declaring("goBack");
    this.#plain.to = "@previous";
  }
}

class State {
  #plain;
  constructor(plain) {
    this.#plain = plain;
    this.name = plain.name;
  }
  onEnter(handler) { return this.#once("enter", callable(handler, "onEnter: the handler")); }
  onFallback(handler) {
    return this.#once("fallback", callable(handler, "onFallback: the handler"));
  }
  was(...names) {
    declaring("was");
    (this.#plain.was ??= []).push(...names.flat());
    return this;
  }
  recheck(ms) { return this.#once("recheck_ms", ms); }
  global(clause) {
    this.#once("global", {});
    return new Transition(this.#plain.global).and(clause);
  }
  when(clause) {
    const plain = {};
    const transition = new Transition(plain).and(clause);
    this.#plain.transitions.push(plain);
    return transition;
  }
  goTo(state) { this.when({ auto: true }).goTo(state); }
  goBack() { this.when({ auto: true }).goBack(); }

  #once(field, value) {
    declaring(field);
    if (field in this.#plain) {
      throw new Error(`state ${JSON.stringify(this.name)} has ${field} already`);
    }
    this.#plain[field] = value;
    return this;
  }
}

function state(plain, what) {
  string(plain.name, what + ": the name");
  bot.define({ states: [plain] });
  return new State(plain);
}

Object.assign(bot, {
  state: (name) => state({ name, transitions: [] }, "state"),
  initial: (name) => state({ name, initial: true, transitions: [] }, "initial"),
  intent(name, ...examples) {
    string(name, "intent: the name");
    bot.define({ intents: [{ name, examples: examples.flat() }] });
    return new Intent(name);
  },
  entity(name, ...values) {
    string(name, "entity: the name");
    const plain = { name, values: values.flat() };
    bot.define({ entities: [plain] });
    return new Entity(name, plain.values);
  },
});
