// The dialog: its states and transitions, and all else that a definition has. It becomes
// JSON, which the host checks: what is wrong in it is told with its place when the bot is
// loaded. A bot without it leaves this file aside.

import { bot, Guard, Handler, quote, quoteAll } from "./index";

/** Returns a number in JSON: whole ones without a point. */
function number(value: f64): string {
  const text = value.toString();
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

/** Adds a field with a list, unless the list is empty. */
function list(fields: string[], name: string, values: string[]): void {
  if (values.length > 0) fields.push(`"${name}":[${values.join(",")}]`);
}

/** A condition on a variable of the session. */
@final export class Condition { constructor(public json: string) {} }

/** A variable that a condition looks at: with texts as text, with numbers as number. */
@final export class Var {
  constructor(private name: string) {}

  is(text: string): Condition { return this.so("==", quote(text)); }
  isNot(text: string): Condition { return this.so("!=", quote(text)); }
  equals(value: f64): Condition { return this.so("==", number(value)); }
  above(value: f64): Condition { return this.so(">", number(value)); }
  atLeast(value: f64): Condition { return this.so(">=", number(value)); }
  below(value: f64): Condition { return this.so("<", number(value)); }
  atMost(value: f64): Condition { return this.so("<=", number(value)); }
  contains(text: string): Condition { return this.so("contains", quote(text)); }
  matches(pattern: string): Condition { return this.so("matches", quote(pattern)); }
  isIn(texts: string[]): Condition { return this.so("in", "[" + quoteAll(texts) + "]"); }
  isSet(): Condition { return this.so("!=", "null"); }
  isUnset(): Condition { return this.so("==", "null"); }

  /** A condition with any operator of the contract, and a value in JSON. */
  so(op: string, json: string): Condition {
    return new Condition(`{"var":${quote(this.name)},"op":"${op}","value":${json}}`);
  }
}

/** Looks at a variable of the session. */
export function variable(name: string): Var { return new Var(name); }

/** When a transition is taken: a trigger, a condition, or both. */
@final export class When {
  conditions: string[] = [];
  guards: string[] = [];

  constructor(private trigger: string) {}

  /** Asks that all files have one of these types, such as image/*. */
  types(types: string[]): When { return this.with(',"file_types":[' + quoteAll(types) + "]"); }

  /** A copy with more of a trigger: what a transition adds is not that of the next one. */
  with(more: string): When {
    const copy = new When(this.trigger + more);
    copy.conditions = this.conditions.slice();
    copy.guards = this.guards.slice();
    return copy;
  }

  get json(): string {
    const fields: string[] = this.trigger == "" ? [] : [this.trigger];
    list(fields, "when", this.conditions);
    list(fields, "guard", this.guards);
    return fields.join(",");
  }
}

/** A text with this intent. */
export function intent(name: string): When { return new When('"intent":' + quote(name)); }

/** A text with none of the intents that transitions name here. */
export function noIntent(): When { return new When('"no_intent":true'); }

/** Any text. */
export function anyText(): When { return new When('"message":true'); }

/** This option, chosen or said. */
export function chosen(value: string): When { return new When('"option":' + quote(value)); }

/** Any files. */
export function anyFile(): When { return new When('"file":true'); }

/** Any voice message. */
export function anyVoice(): When { return new When('"voice":true'); }

/** Any JSON message. */
export function anyJSON(): When { return eventNamed("json"); }

/** A timer, an answer to a request or a custom event of this name. */
export function eventNamed(name: string): When { return new When('"event":' + quote(name)); }

/** The user being quiet here for so long. */
export function after(ms: i64): When { return new When('"after_ms":' + ms.toString()); }

/** Anything that a user, a program or the bot itself caused. */
export function anyEvent(): When { return new When('"any":true'); }

/** A condition alone, without any event: it is looked at in every turn. */
export function holds(condition: Condition): When {
  const when = new When("");
  when.conditions.push(condition.json);
  return when;
}

/** A transition that has no target yet. */
@final export class Transition {
  constructor(private state: State, private when: When) {}

  /** Adds a condition, which must hold too. */
  and(condition: Condition): Transition { this.when.conditions.push(condition.json); return this; }

  /** Adds a guard, which d.guard answers. */
  guard(name: string): Transition { this.when.guards.push(quote(name)); return this; }

  /** Ends the transition in a state, and goes on with the one that it leads from. */
  goTo(state: string): State {
    this.state.transitions.push(`{${this.when.json},"to":${quote(state)}}`);
    return this.state;
  }

  /** Ends the transition in the state from which a global one was reached. */
  goBack(): State { return this.goTo("@previous"); }
}

/** A place in the conversation. */
@final export class State {
  private fields: string[] = [];
  transitions: string[] = [];

  constructor(public name: string) { this.field("name", quote(name)); }

  /** Adds a field of the definition, in JSON. */
  field(name: string, json: string): State { this.fields.push(`"${name}":${json}`); return this; }

  /** Sets what runs when the state is entered. */
  enter(handler: Handler): State { bot.enter(this.name, handler); return this; }

  /** Begins a transition. They are tried in their order. */
  when(when: When): Transition { return new Transition(this, when.with("")); }

  /** Leads on at once. */
  goTo(state: string): State { return this.when(new When('"auto":true')).goTo(state); }

  /** Leads back at once, to the state from which a global one was reached. */
  goBack(): State { return this.goTo("@previous"); }

  /** Lets all other states lead here. */
  global(when: When): State { return this.field("global", "{" + when.json + "}"); }

  /** Names what the state was called in earlier versions of the bot. */
  was(names: string[]): State { return this.field("was", "[" + quoteAll(names) + "]"); }

  /** Looks at conditions again so often while nothing happens. */
  recheck(ms: i64): State { return this.field("recheck_ms", ms.toString()); }

  get json(): string {
    return `{${this.fields.join(",")},"transitions":[${this.transitions.join(",")}]}`;
  }
}

/** A thing that users name, in all the words that they have for it. */
@final export class Entity {
  private values: string[] = [];

  constructor(private name: string) {}

  /** Adds a value and other words for it. */
  value(value: string, synonyms: string[] = []): Entity {
    this.values.push(`{"value":${quote(value)},"synonyms":[${quoteAll(synonyms)}]}`);
    return this;
  }

  get json(): string { return `{"name":${quote(this.name)},"values":[${this.values.join(",")}]}`; }
}

/** Declares a dialog. */
@final export class Dialog {
  private fields: string[] = [];
  private intents: string[] = [];
  private entities: Entity[] = [];
  private states: State[] = [];

  /** Sets name and version, which operators see. */
  name(name: string, version: string): Dialog {
    return this.field("name", quote(name)).field("version", quote(version));
  }

  /** Adds a field of the definition, such as language or limits, in JSON. */
  field(name: string, json: string): Dialog {
    this.fields.push(`${quote(name)}:${json}`);
    return this;
  }

  /** Declares an intent by examples of how people say it. */
  intent(name: string, examples: string[]): Dialog {
    this.intents.push(`{"name":${quote(name)},"examples":[${quoteAll(examples)}]}`);
    return this;
  }

  /** Declares an entity, whose values the slots of intents take. */
  entity(name: string): Entity {
    const entity = new Entity(name);
    this.entities.push(entity);
    return entity;
  }

  /** Declares the state in which sessions begin. */
  initial(name: string): State { return this.state(name).field("initial", "true"); }

  /** Declares a state, or goes on with one that was declared. */
  state(name: string): State {
    for (let i = 0; i < this.states.length; i++) {
      if (this.states[i].name == name) return this.states[i];
    }
    this.states.push(new State(name));
    return this.states[this.states.length - 1];
  }

  /** Answers the guard of this name, which transitions ask. */
  guard(name: string, is: Guard): Dialog { bot.guard(name, is); return this; }

  get json(): string {
    const fields = this.fields.slice();
    list(fields, "intents", this.intents);
    list(fields, "entities", this.entities.map<string>((e) => e.json));
    list(fields, "states", this.states.map<string>((s) => s.json));
    return `{${fields.join(",")}}`;
  }
}

const all = new Dialog();

/** Declares the bot's dialog. Where it is called again it goes on with the same one. */
export function dialog(declare: (d: Dialog) => void): void {
  declare(all);
  bot.define(all.json);
}
