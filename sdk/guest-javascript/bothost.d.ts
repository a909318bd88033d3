// The vocabulary of bots in JavaScript and TypeScript: what `import { bot } from
// "bothost"` gives, and what is there without an import.

declare module "bothost" {
  /** What a bot does. All of it is declared when the script starts. */
  export const bot: Bot;

  /** What a handler returns to leave an event to the host, as if it were not there. */
  export const notHandled: unique symbol;

  /** Times in milliseconds. */
  export const second: number, minute: number, hour: number, day: number;

  /** Handles the event of one turn. If it throws, nothing of the turn is kept. */
  export type Handler = (session: Session) => unknown;

  /** Decides a transition. It reads, and changes nothing. */
  export type Holds = (session: Session) => boolean | Promise<boolean>;

  export interface Bot {
    /** A session begins, or begins anew. */
    onStart(handler: Handler): void;
    /** A text, or a chosen option: `session.text`. */
    onMessage(handler: Handler): void;
    /** Audio: `session.files`. */
    onVoice(handler: Handler): void;
    /** Files: `session.files`. */
    onFile(handler: Handler): void;
    /** Anything else, such as timers and answers of requests: `session.event`. */
    onEvent(handler: Handler): void;
    /** A human's text that nothing took. */
    onFallback(handler: Handler): void;

    /** Declares the bot, or a part of it, as abi/README.md has it. May be repeated. */
    define(definition: Definition): void;
    /** Declares an intent, with examples such as "weather in {city}". */
    intent(name: string, ...examples: (string | string[])[]): Intent;
    /** Declares an entity: things that users name. */
    entity(name: string, ...values: (EntityValue | EntityValue[])[]): Entity;
    /** Declares a state of the dialog. */
    state(name: string): State;
    /** Declares the state in which sessions begin. */
    initial(name: string): State;
    /** Declares a guard that several transitions have. */
    guard(name: string, holds: Holds): Guard;

    /** A value that the operator set; undefined if there is none. */
    config(key: string): string | undefined;
  }

  export interface State {
    readonly name: string;
    /** What happens each time the state is entered. */
    onEnter(handler: Handler): this;
    /** What answers a text that nothing took while a session stands here. */
    onFallback(handler: Handler): this;
    /** Former names of the state. */
    was(...names: string[]): this;
    /** How often conditions are looked at while nothing happens, in milliseconds. */
    recheck(ms: number): this;
    /** Begins a transition; the first that matches moves. */
    when(clause: Clause): Transition;
    /** Makes the state one that is reached from everywhere. */
    global(clause: Clause): Omit<Transition, "goTo" | "goBack">;
    /** Goes on at once. */
    goTo(state: State | string): void;
    /** Goes on at once to where the session came from. */
    goBack(): void;
  }

  export interface Transition {
    /** Adds a condition that must hold too. */
    and(clause: Clause): this;
    /** Adds a guard; without a name it has that of its place. */
    if(holds: Holds): this;
    if(name: string, holds: Holds): this;
    goTo(state: State | string): void;
    goBack(): void;
  }

  export interface Intent { readonly name: string }
  export interface Guard { readonly guard: string }
  export interface Entity {
    readonly name: string;
    /** Adds a value, and other words for it. */
    value(value: string, ...synonyms: string[]): this;
  }
  export type EntityValue = string | { value: string; synonyms: string[] };

  /** What a transition waits for. */
  export type Trigger =
    | { intent: string } | { no_intent: true } | { message: true } | { option: string }
    | { file: true; file_types?: string[] } | { voice: true } | { event: string }
    | { after_ms: number } | { any: true } | { auto: true };
  export type Value = string | number | boolean | null;
  export interface Condition {
    var: string;
    op: "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "in" | "matches";
    value: Value | Value[];
  }
  /** An intent or its name, a trigger, a condition, a guard or its function. */
  export type Clause = string | Intent | Trigger | Condition | Guard | Holds | TransitionDefinition;

  export function anyText(): Trigger;
  export function noIntent(): Trigger;
  export function chosen(value: string): Trigger;
  export function anyFile(...types: (string | string[])[]): Trigger;
  export function anyVoice(): Trigger;
  export function anyJSON(): Trigger;
  export function eventNamed(name: string): Trigger;
  export function anyEvent(): Trigger;
  /** The user being quiet for so many milliseconds: after(5 * minute). */
  export function after(ms: number): Trigger;

  /** Conditions on a session variable: variable("age").atLeast(18). */
  export function variable(name: string): {
    is(value: Value): Condition;
    isNot(value: Value): Condition;
    above(value: number | string): Condition;
    atLeast(value: number | string): Condition;
    below(value: number | string): Condition;
    atMost(value: number | string): Condition;
    contains(text: string): Condition;
    /** A pattern of RE2: what is none in a regular expression is refused. */
    matches(pattern: string | RegExp): Condition;
    in(...values: (Value | Value[])[]): Condition;
    isSet(): Condition;
    isUnset(): Condition;
  };

  /** The bot as abi/README.md has it, and what it does. */
  export interface Definition {
    name?: string;
    version?: string;
    language?: string;
    limits?: { turn_ms?: number; turn_fuel?: number };
    client_variables?: string[];
    states?: StateDefinition[];
    intents?: { name: string; examples: string[] }[];
    entities?: { name: string; values: EntityValue[] }[];
    /** Guards by the names that transitions have. */
    guards?: Record<string, Holds>;
  }
  export interface StateDefinition {
    name: string;
    initial?: boolean;
    was?: string[];
    recheck_ms?: number;
    global?: TransitionDefinition;
    transitions?: (TransitionDefinition & { to: string })[];
    enter?: Handler;
    fallback?: Handler;
  }
  export type TransitionDefinition = (Trigger | {}) & {
    when?: Condition | Condition[];
    guard?: string | Holds | (string | Holds)[];
  };

  /** The conversation as a handler sees it. It ends with the handler. */
  export interface Session {
    /** What the handler is for: the text, the option's value, the state's name. */
    readonly text: string;
    /** The text of the event, whichever handler runs. */
    readonly message: string;
    readonly event: Event;
    /** The intent that the text has. */
    readonly intent?: {
      name: string;
      score: number;
      /** Of several values of a slot, the first. */
      params?: Record<string, string>;
      /** All of them, and where they stand in the text, in bytes of UTF-8. */
      values?: { name: string; value: string; start: number; end: number }[];
    };
    /** What stands in the place of a slot; undefined if the text has none. */
    param(name: string): string | undefined;
    readonly files: File[];
    readonly id: string;
    readonly user: { id: string; verified: boolean };

    /** A variable of the session, as it was set; undefined if there is none. */
    get(key: string): any;
    /** Sets a variable to anything that JSON has. */
    set(key: string, value: unknown): void;
    delete(key: string): void;
    /** A variable as the text that conditions compare, and bots in other languages read. */
    getText(key: string): string | undefined;
    setText(key: string, text: string): void;

    /** Where the session stands, or will stand. */
    readonly state: string;
    goTo(state: State | string): void;
    goBack(): void;
    /** goTo by another name, for bots that declare no states. */
    move(state: State | string): void;
    /** The newest entries of the log, oldest first; 100 at most. */
    history(n?: number): Entry[];

    reply(text: string | number | bigint | boolean): void;
    replyMarkdown(text: string): void;
    replyHTML(html: string): void;
    replyOptions(...options: (Option | Option[])[]): void;
    replyTable(columns: string[], rows: Value[][]): void;
    /** A figure of plotly. */
    replyPlotly(figure: { data: object[]; layout?: object }): void;
    replyLocation(latitude: number, longitude: number): void;
    replyRAG(rag: RAG): void;
    replyReasoning(step: Reasoning): void;
    replyTasks(...tasks: (Task | Task[])[]): void;
    replyGUI(gui: object): void;
    updateGUI(gui: object): void;
    /** More of the reply in progress, which users see while it is made. */
    replyDelta(text: string | number | bigint | boolean): void;
    /** Ends the reply in progress, if there is one. */
    replyEnd(): void;
    /** A file; an image or audio by its MIME type. */
    replyFile(name: string, type: string, data: Uint8Array | ArrayBuffer | string): void;
    /** Any kind of abi/README.md; what is no string becomes JSON. */
    replyAs(kind: string, body: unknown): void;

    /** Sets a timer: onEvent gets its name and data. */
    setTimer(name: string, ms: number, data?: string): void;
    cancelTimer(name: string): void;
    /** Has the host make a request after the turn: onEvent gets the answer. */
    http(name: string, request: Request): void;

    config(key: string): string | undefined;
    /** The turn's time, in milliseconds since 1970. Date.now() is the same. */
    now(): number;
  }

  export interface Event {
    kind: "start" | "message" | "option" | "reset" | "timer" | "http" | "event" | "voice" | "file"
      | "json" | "feedback" | "after" | "recheck";
    id?: string;
    text?: string;
    human?: boolean;
    intent?: Session["intent"];
    files?: { name: string; type: string; size: number }[];
    /** Of the timer, the request or the custom event. */
    name?: string;
    data?: any;
    late?: boolean;
    response?: {
      status?: number;
      headers?: Record<string, string>;
      body?: string;
      body_base64?: string;
      truncated?: boolean;
      code?: "timeout" | "refused" | "too_large" | "redirect" | "failed" | "forbidden";
      error?: string;
      key: string;
    };
    time: number;
    session: string;
    bot: string;
    user: { id: string; verified: boolean };
  }

  export interface File {
    /** For people: it is no path. */
    readonly name: string;
    readonly type: string;
    readonly size: number;
    bytes(): Uint8Array;
    text(): string;
    /** At most so many bytes from an offset on. */
    read(offset: number, length: number): Uint8Array;
  }

  export interface Entry {
    /** 0 for entries of this turn. */
    seq: number;
    from: "user" | "bot" | "host";
    kind: string;
    /** Text, or for kinds of JSON the JSON itself. */
    body: any;
    id?: string;
    time: number;
    turn: number;
  }

  export type Option = string | { label: string; value: string };
  export interface RAG {
    question: string;
    answer: string;
    model?: string;
    docs?: { content: string; source?: string; page?: number }[];
  }
  export interface Reasoning {
    kind: "reasoning_started" | "reasoning_finished" | "llm_text" | "llm_tool_calls" | "tool_result"
      | "task_added" | "task_completed" | "task_skipped" | "pushback" | "max_steps";
    step: number;
    summary: string;
    details?: object;
  }
  export interface Task {
    id: number;
    description: string;
    status?: "pending" | "in_progress" | "completed" | "skipped";
    result?: string;
  }
  export interface Request {
    url: string;
    method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
    headers?: Record<string, string>;
    body?: string;
    /** A body of JSON. */
    json?: unknown;
    /** In milliseconds, at most 60000. */
    timeout?: number;
  }
}

declare module "*.txt" {
  const text: string;
  export default text;
}

// Lines of the bot's log.
declare const console: {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

declare const crypto: {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): string;
};

declare class TextEncoder {
  readonly encoding: string;
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(encoding?: "utf-8" | "utf8", options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  decode(data?: Uint8Array | ArrayBuffer): string;
}

declare function queueMicrotask(job: () => void): void;
declare function atob(data: string): string;
declare function btoa(data: string): string;
