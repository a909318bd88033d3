/**
 * Write a bot for bothost in AssemblyScript. It is declared at the top of its file, which
 * runs once for each instance:
 *
 *	import { bot } from "./bothost";
 *	export * from "./bothost/exports";
 *
 *	bot.onMessage((s) => s.reply(s.text));
 *
 * Keep nothing in variables that a later turn needs: the host takes any of its instances
 * for the next turn. State goes to the session.
 */

import { Entity, Handler, State } from "./dialog";
import { Bytes, quote, quoteAll, raw } from "./host";
import { Result, Session } from "./session";

export * from "./dialog";
export * from "./session";
export {
  asset, config, debug, error, info, now, quote, quoteAll, random, warn,
} from "./host";

/** What the host calls. */
export enum Export {
  Describe,
  Start,
  Message,
  Voice,
  File,
  Event,
  Enter,
  Fallback,
  Check,
}

/** Declares a bot: its handlers, and its dialog if it has one. */
@final export class Bot {
  private definition: string = "";
  private fields: string[] = [];
  private intents: string[] = [];
  private entities: Entity[] = [];
  private states: State[] = [];
  private guards: Map<string, (s: Session) => bool> = new Map();
  private handlers: Map<Export, Handler> = new Map();

  /** Sets name and version, which operators see. */
  name(name: string, version: string): Bot {
    return this.field("name", quote(name)).field("version", quote(version));
  }

  /** Adds a field of the definition, such as language or limits, in JSON. */
  field(name: string, json: string): Bot {
    this.fields.push(quote(name) + ":" + json);
    return this;
  }

  /** Sets the whole definition, in JSON, in the place of all that is declared. */
  define(json: string): Bot {
    this.definition = json;
    return this;
  }

  /** Declares an intent by examples of how people say it. */
  intent(name: string, examples: string[]): Bot {
    this.intents.push('{"name":' + quote(name) + ',"examples":[' + quoteAll(examples) + "]}");
    return this;
  }

  /** Declares an entity, whose values the slots of intents take. */
  entity(name: string): Entity {
    const entity = new Entity(name);
    this.entities.push(entity);
    return entity;
  }

  /** Declares the state in which sessions begin. */
  initial(name: string): State {
    return this.state(name).field("initial", "true");
  }

  /** Declares a state, or goes on with one that was declared. */
  state(name: string): State {
    const known = this.find(name);
    if (known !== null) return known;
    const state = new State(name);
    this.states.push(state);
    return state;
  }

  /** Answers the guard of this name, which transitions ask. */
  guard(name: string, holds: (s: Session) => bool): Bot {
    this.guards.set(name, holds);
    return this;
  }

  /** Sets what runs when a session begins, or begins anew. */
  onStart(handler: Handler): Bot {
    return this.on(Export.Start, handler);
  }

  /** Sets what runs when a text came that no transition took. */
  onMessage(handler: Handler): Bot {
    return this.on(Export.Message, handler);
  }

  /** Sets what runs when audio came that no transition took. */
  onVoice(handler: Handler): Bot {
    return this.on(Export.Voice, handler);
  }

  /** Sets what runs when files came that no transition took. */
  onFile(handler: Handler): Bot {
    return this.on(Export.File, handler);
  }

  /** Sets what runs on timers, answers to requests, JSON, feedback and custom events. */
  onEvent(handler: Handler): Bot {
    return this.on(Export.Event, handler);
  }

  /** Sets what runs when nothing else took what a human said. */
  fallback(handler: Handler): Bot {
    return this.on(Export.Fallback, handler);
  }

  /** Runs the handler of an export. */
  run(called: Export): i32 {
    const session = new Session();
    switch (called) {
      case Export.Describe:
        output(this.describe());
        break;
      case Export.Check:
        this.check(session);
        break;
      case Export.Enter: {
        const state = this.find(session.text);
        call(state === null ? null : state.entered, session);
        break;
      }
      default:
        call(this.handlers.has(called) ? this.handlers.get(called) : null, session);
    }
    return session.result;
  }

  private on(called: Export, handler: Handler): Bot {
    this.handlers.set(called, handler);
    return this;
  }

  private find(name: string): State | null {
    for (let i = 0; i < this.states.length; i++) {
      if (this.states[i].name == name) return this.states[i];
    }
    return null;
  }

  private check(session: Session): void {
    const name = session.text;
    if (!this.guards.has(name)) {
      session.fail("there is no guard " + quote(name));
      return;
    }
    output(this.guards.get(name)(session) ? "true" : "false");
  }

  private describe(): string {
    if (this.definition != "") return this.definition;
    const fields = this.fields.slice();
    const entities = this.entities.map<string>((e) => e.json());
    const states = this.states.map<string>((s) => s.json());
    if (this.intents.length > 0) fields.push('"intents":[' + this.intents.join(",") + "]");
    if (entities.length > 0) fields.push('"entities":[' + entities.join(",") + "]");
    if (states.length > 0) fields.push('"states":[' + states.join(",") + "]");
    return fields.length > 0 ? "{" + fields.join(",") + "}" : "";
  }
}

function call(handler: Handler | null, session: Session): void {
  if (handler === null) {
    session.notHandled();
  } else {
    handler(session);
  }
}

function output(text: string): void {
  const t = new Bytes(text);
  raw.output(t.ptr, t.len);
}

/** The bot of this module. */
export const bot = new Bot();
