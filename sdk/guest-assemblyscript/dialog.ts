// States and transitions. They become the definition, which the host checks: what is
// wrong in it is told with its place when the bot is loaded.

import { number as jsonNumber, quote, quoteAll } from "./host";
import { Session } from "./session";

/** Runs in a turn. It is done when it returns, unless it says s.fail or s.notHandled. */
export type Handler = (s: Session) => void;

/** A thing that users name, in all the words that they have for it. */
@final export class Entity {
  private values: string[] = [];

  constructor(private name: string) {}

  /** Adds a value and other words for it. */
  value(value: string, synonyms: string[] = []): Entity {
    this.values.push('{"value":' + quote(value) + ',"synonyms":[' + quoteAll(synonyms) + "]}");
    return this;
  }

  json(): string {
    return '{"name":' + quote(this.name) + ',"values":[' + this.values.join(",") + "]}";
  }
}

/** When a transition is taken: a trigger, a condition, or both. */
@final export class When {
  conditions: string[] = [];
  guards: string[] = [];

  constructor(private trigger: string) {}

  /** Asks that all files have one of these types, such as image/*. */
  types(types: string[]): When {
    this.trigger += ',"file_types":[' + quoteAll(types) + "]";
    return this;
  }

  json(): string {
    const fields: string[] = [];
    if (this.trigger != "") fields.push(this.trigger);
    if (this.conditions.length > 0) fields.push('"when":[' + this.conditions.join(",") + "]");
    if (this.guards.length > 0) fields.push('"guard":[' + this.guards.join(",") + "]");
    return fields.join(",");
  }
}

/** A text with this intent. */
export function intent(name: string): When {
  return new When('"intent":' + quote(name));
}

/** A text with none of the intents that transitions name here. */
export function noIntent(): When {
  return new When('"no_intent":true');
}

/** Any text. */
export function anyText(): When {
  return new When('"message":true');
}

/** This option, chosen or said. */
export function chosen(value: string): When {
  return new When('"option":' + quote(value));
}

/** Any files. */
export function anyFile(): When {
  return new When('"file":true');
}

/** Any voice message. */
export function anyVoice(): When {
  return new When('"voice":true');
}

/** Any JSON message. */
export function anyJSON(): When {
  return eventNamed("json");
}

/** A timer, an answer to a request or a custom event of this name. */
export function eventNamed(name: string): When {
  return new When('"event":' + quote(name));
}

/** The user being quiet here for so long. */
export function after(ms: i64): When {
  return new When('"after_ms":' + ms.toString());
}

/** Anything that a user, a program or the bot itself caused. */
export function anyEvent(): When {
  return new When('"any":true');
}

/** A condition alone, without any event: it is looked at in every turn. */
export function holds(condition: Condition): When {
  const when = new When("");
  when.conditions.push(condition.json);
  return when;
}

/** A condition on a variable of the session. */
@final export class Condition {
  constructor(public json: string) {}
}

/** Looks at a variable of the session. */
export function variable(name: string): Var {
  return new Var(name);
}

/** A variable that a condition looks at: with texts as text, with numbers as number. */
@final export class Var {
  constructor(private name: string) {}

  is(text: string): Condition {
    return this.so("==", quote(text));
  }
  isNot(text: string): Condition {
    return this.so("!=", quote(text));
  }
  equals(number: f64): Condition {
    return this.so("==", jsonNumber(number));
  }
  above(number: f64): Condition {
    return this.so(">", jsonNumber(number));
  }
  atLeast(number: f64): Condition {
    return this.so(">=", jsonNumber(number));
  }
  below(number: f64): Condition {
    return this.so("<", jsonNumber(number));
  }
  atMost(number: f64): Condition {
    return this.so("<=", jsonNumber(number));
  }
  contains(text: string): Condition {
    return this.so("contains", quote(text));
  }
  matches(pattern: string): Condition {
    return this.so("matches", quote(pattern));
  }
  isIn(texts: string[]): Condition {
    return this.so("in", "[" + quoteAll(texts) + "]");
  }
  isSet(): Condition {
    return this.so("!=", "null");
  }
  isUnset(): Condition {
    return this.so("==", "null");
  }

  /** A condition with any operator of the contract, and a value in JSON. */
  so(op: string, json: string): Condition {
    return new Condition('{"var":' + quote(this.name) + ',"op":"' + op + '","value":' + json + "}");
  }
}

/** A transition that has no target yet. */
@final export class Transition {
  constructor(private state: State, private when: When) {}

  /** Adds a condition, which must hold too. */
  and(condition: Condition): Transition {
    this.when.conditions.push(condition.json);
    return this;
  }

  /** Adds a guard, which bot.guard answers. */
  guard(name: string): Transition {
    this.when.guards.push(quote(name));
    return this;
  }

  /** Ends the transition in a state, and goes on with the one that it leads from. */
  goTo(state: string): State {
    this.state.add("{" + this.when.json() + ',"to":' + quote(state) + "}");
    return this.state;
  }

  /** Ends the transition in the state from which a global one was reached. */
  goBack(): State {
    return this.goTo("@previous");
  }
}

/** A place in the conversation. */
@final export class State {
  entered: Handler | null = null;
  private fields: string[];
  private transitions: string[] = [];

  constructor(public name: string) {
    this.fields = ['"name":' + quote(name)];
  }

  add(transition: string): void {
    this.transitions.push(transition);
  }

  field(name: string, json: string): State {
    this.fields.push('"' + name + '":' + json);
    return this;
  }

  /** Sets what runs when the state is entered. */
  enter(handler: Handler): State {
    this.entered = handler;
    return this;
  }

  /** Begins a transition. They are tried in their order. */
  when(when: When): Transition {
    return new Transition(this, when);
  }

  /** Leads on at once. */
  goTo(state: string): State {
    return this.when(new When('"auto":true')).goTo(state);
  }

  /** Leads back at once, to the state from which a global one was reached. */
  goBack(): State {
    return this.goTo("@previous");
  }

  /** Lets all other states lead here. */
  global(when: When): State {
    return this.field("global", "{" + when.json() + "}");
  }

  /** Names what the state was called in earlier versions of the bot. */
  was(names: string[]): State {
    return this.field("was", "[" + quoteAll(names) + "]");
  }

  /** Looks at conditions again so often while nothing happens. */
  recheck(ms: i64): State {
    return this.field("recheck_ms", ms.toString());
  }

  json(): string {
    return "{" + this.fields.join(",") + ',"transitions":[' + this.transitions.join(",") + "]}";
  }
}
