// What a bot is: its handlers, and what it declares when its script starts.
import { config } from "./session.js";
import { callable, string } from "./engine/values.js";

export const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

// notHandled is what a handler returns to leave an event to the host.
export const notHandled = Symbol("notHandled");

// What the host calls: handlers of events, and those of states and guards by their
// names.
export const handlers = {};
export const entered = new Map(), fallbacks = new Map();
export const guards = Object.create(null);

// declared is the definition as abi/README.md has it, with functions in it.
const declared = { states: [], intents: [], entities: [] };
let isDefined = false;

// starting is true until the script has run: what is declared later would be so in
// one instance alone.
let starting = true;

export function declaring(what) {
  if (starting) return;
  throw new Error(`${what}: a bot declares what it does when its script starts, not in a turn`);
}

function on(name) {
  return (handler) => {
    declaring(name);
    handlers[name] = callable(handler, name + ": the handler");
  };
}

export const bot = {
  onStart: on("onStart"), onMessage: on("onMessage"), onVoice: on("onVoice"),
  onFile: on("onFile"), onEvent: on("onEvent"), onFallback: on("onFallback"),
  config,

  // define takes a definition, or a part of one. It is read when the script has run:
  // until then its states may be filled.
  define({ states = [], intents = [], entities = [], guards: named = {}, ...rest }) {
    declaring("define");
    isDefined = true;
    Object.assign(declared, rest);
    declared.states.push(...states);
    declared.intents.push(...intents);
    declared.entities.push(...entities);
    Object.entries(named).forEach(([name, holds]) => bot.guard(name, holds));
  },
  guard(name, holds) {
    declaring("guard");
    if (name in guards) throw new Error(`guard ${JSON.stringify(name)} is declared twice`);
    guards[string(name, "guard: the name")] = callable(holds, `guard ${name}`);
    return { guard: name };
  },
};

// arrange ends the declaring, and returns the definition; undefined if there is none.
export function arrange() {
  const states = declared.states.map(arrangeState);
  starting = false;
  return isDefined ? { ...declared, states } : undefined;
}

// arrangeState takes what a state does out of it.
function arrangeState({ enter, fallback, ...state }) {
  const { name, global, transitions = [] } = state;
  if (enter) entered.set(name, callable(enter, `state ${name}: enter`));
  if (fallback) fallbacks.set(name, callable(fallback, `state ${name}: fallback`));
  if (global) state.global = nameGuards(global, `${name}:global`);
  return { ...state, transitions: transitions.map((t, i) => nameGuards(t, `${name}:${i}`)) };
}

// nameGuards gives names to guards that have none: those of their places.
function nameGuards({ guard, ...transition }, place) {
  if (guard === undefined) return transition;
  const names = [guard].flat().map((g, i) => {
    if (typeof g !== "function") return g;
    const name = i > 0 ? `${place}:${i}` : place;
    guards[name] = g;
    return name;
  });
  return { ...transition, guard: names };
}
