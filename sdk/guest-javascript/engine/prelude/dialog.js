// The dialog that a bot declares: objects as abi/README.md has them, of which the
// methods here make parts.

// nameOf returns the name of a state or an intent, which may be given by its name.
function nameOf(value) {
  return value instanceof State || value instanceof Intent ? value.name : value;
}

class Intent {
  constructor(plain) {
    this.name = plain.name;
  }
}

class Entity {
  #plain;
  constructor(plain) {
    this.#plain = plain;
    this.name = plain.name;
  }
  value(value, ...synonyms) {
    this.#plain.values.push(synonyms.length > 0 ? { value, synonyms: synonyms.flat() } : value);
    return this;
  }
}

// Transition is one that is being declared.
class Transition {
  #plain;
  constructor(plain) { this.#plain = plain; }
  and(clause) {
    join(this.#plain, clause);
    return this;
  }
  if(...guard) {
    declaring("if");
    const holds = callable(guard.pop(), "if: the guard");
    if (guard.length > 0) bot.guard(guard[0], holds);
    return this.and({ guard: guard[0] ?? holds });
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

// The names of what a transition may wait for.
const triggers = [
  "intent", "no_intent", "message", "option", "file", "voice", "event", "after_ms", "any", "auto",
];

// join adds to a transition what it waits for, or a condition.
function join(plain, clause) {
  declaring("a transition");
  if (typeof clause === "function") clause = { guard: clause };
  if (typeof clause === "string" || clause instanceof Intent) clause = { intent: nameOf(clause) };
  if (typeof clause !== "object" || clause === null) {
    throw new TypeError("a transition waits for an intent, a trigger, a condition or a guard, " +
      `not for ${kind(clause)}`);
  }
  if ("var" in clause) clause = { when: clause };
  for (const [field, value] of Object.entries(clause)) {
    const isTrigger = triggers.includes(field);
    const other = isTrigger && triggers.find((t) => t in plain);
    if (other) throw new Error(`a transition waits for two things: ${other} and ${field}`);
    if (field === "when" || field === "guard") {
      (plain[field] ??= []).push(...[value].flat());
    } else {
      plain[field] = value;
    }
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
    return this.#clauses(this.#plain.global, clause);
  }
  when(clause) {
    const plain = {};
    const transition = this.#clauses(plain, clause);
    this.#plain.transitions.push(plain);
    return transition;
  }
  goTo(state) { this.when({ auto: true }).goTo(state); }
  goBack() { this.when({ auto: true }).goBack(); }

  #clauses(plain, clause) { return new Transition(plain).and(clause); }
  #once(field, value) {
    declaring(field);
    if (field in this.#plain) {
      throw new Error(`state ${JSON.stringify(this.name)} has ${field} already`);
    }
    this.#plain[field] = value;
    return this;
  }
}

// Conditions on a variable of the session.
function condition(name) {
  const is = (op) => (value) => ({ var: name, op, value });
  return {
    is: is("=="), isNot: is("!="), above: is(">"), atLeast: is(">="), below: is("<"),
    atMost: is("<="), contains: is("contains"), matches: (pattern) => is("matches")(
      pattern instanceof RegExp ? (pattern.ignoreCase ? "(?i)" : "") + pattern.source : pattern),
    in: (...values) => is("in")(values.flat()),
    isSet: () => is("!=")(null), isUnset: () => is("==")(null),
  };
}

// What bots import: script/plugin.go has the names.
const vocabulary = {
  after: (ms) => ({ after_ms: ms }),
  anyEvent: () => ({ any: true }),
  anyFile: (...types) => ({ file: true, ...(types.length > 0 && { file_types: types.flat() }) }),
  anyJSON: () => ({ event: "json" }),
  anyText: () => ({ message: true }),
  anyVoice: () => ({ voice: true }),
  bot: undefined, // below
  chosen: (value) => ({ option: value }),
  day: 86_400_000,
  eventNamed: (name) => ({ event: name }),
  hour: 3_600_000,
  minute: 60_000,
  noIntent: () => ({ no_intent: true }),
  notHandled: Symbol("notHandled"),
  second: 1000,
  variable: condition,
};

// declared is the bot's dialog as it was declared, with functions in it.
const declared = { states: [], intents: [], entities: [] };
const handlers = {};
const guards = Object.create(null);
let isDefined = false;

// starting is true until the script has run: what is declared later would be so in
// one instance alone.
let starting = true;

function declaring(what) {
  if (!starting) {
    throw new Error(`${what}: a bot declares what it does when its script starts, not in a turn`);
  }
}

function on(name) {
  return (handler) => {
    declaring(name);
    handlers[name] = callable(handler, name + ": the handler");
  };
}

const bot = {
  onStart: on("onStart"), onMessage: on("onMessage"), onVoice: on("onVoice"),
  onFile: on("onFile"), onEvent: on("onEvent"), onFallback: on("onFallback"),
  config,

  // define takes a definition, or a part of one.
  define({ states = [], intents = [], entities = [], guards: more = {}, ...rest }) {
    declaring("define");
    isDefined = true;
    Object.assign(declared, rest);
    declared.states.push(...states.map((s) => ({ ...s, transitions: [...(s.transitions ?? [])] })));
    declared.intents.push(...intents);
    declared.entities.push(...entities);
    Object.entries(more).forEach(([name, holds]) => bot.guard(name, holds));
  },
  state(name) {
    declaring("state");
    const plain = { name: string(name, "state: the name"), transitions: [] };
    bot.define({});
    declared.states.push(plain);
    return new State(plain);
  },
  initial(name) {
    const state = bot.state(name);
    declared.states.at(-1).initial = true;
    return state;
  },
  intent(name, ...examples) {
    const plain = { name: string(name, "intent: the name"), examples: examples.flat() };
    bot.define({ intents: [plain] });
    return new Intent(plain);
  },
  entity(name, ...values) {
    const plain = { name: string(name, "entity: the name"), values: values.flat() };
    bot.define({ entities: [plain] });
    return new Entity(plain);
  },
  guard(name, holds) {
    declaring("guard");
    if (name in guards) throw new Error(`guard ${JSON.stringify(name)} is declared twice`);
    guards[string(name, "guard: the name")] = callable(holds, `guard ${name}`);
    return { guard: name };
  },
};
vocabulary.bot = bot;
globalThis[Symbol.for("bothost")] = vocabulary;

// What states do, by their names: taken out of the dialog when the script has run.
const entered = new Map();
const fallbacks = new Map();

// definition returns what is declared as the host reads it.
function definition() {
  return { ...declared, states: declared.states.map(plainState) };
}

function plainState({ enter, fallback, ...state }) {
  const name = (t, where) => plainTransition(t, `${state.name}:${where}`);
  return {
    ...state,
    ...(state.global && { global: name(state.global, "global") }),
    transitions: state.transitions.map(name),
  };
}

// plainTransition gives names to guards that have none: those of their places.
function plainTransition({ guard, ...transition }, place) {
  if (guard === undefined) return transition;
  const names = [guard].flat().map((g, i) =>
    typeof g === "function" ? (i > 0 ? `${place}:${i}` : place) : g);
  [guard].flat().forEach((g, i) => { if (typeof g === "function") guards[names[i]] = g; });
  return { ...transition, guard: names };
}

// arrange is done when the script has run.
function arrange() {
  for (const { name, enter, fallback } of declared.states) {
    if (enter) entered.set(name, callable(enter, `state ${name}: enter`));
    if (fallback) fallbacks.set(name, callable(fallback, `state ${name}: fallback`));
  }
  return definition(); // which names the guards
}
