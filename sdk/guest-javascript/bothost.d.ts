// The vocabulary of bots in JavaScript and TypeScript: what `import { bot } from
// "bothost"` gives. The parts add to it, and may be left out with their lines here.
/// <reference path="files.d.ts" />
/// <reference path="replies.d.ts" />
/// <reference path="dialog.d.ts" />
/// <reference path="globals.d.ts" />

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
    /** Declares a guard, which several transitions may have. */
    guard(name: string, holds: Holds): Guard;

    /** A value that the operator set; undefined if there is none. */
    config(key: string): string | undefined;
  }

  /** The bot as abi/README.md has it. */
  export interface Definition {
    name?: string;
    version?: string;
    language?: string;
    limits?: { turn_ms?: number; turn_fuel?: number };
    client_variables?: string[];
    /** Guards by the names that transitions have. */
    guards?: Record<string, Holds>;
  }
  export interface Guard { readonly guard: string }
  export type Value = string | number | boolean | null;
  export interface State { readonly name: string }

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
    /**
     * Puts bytes of a file of the event into an array, and returns their number: 0 at the
     * end, less if there is no such file.
     */
    fileRead(index: number, offset: number, data: Uint8Array): number;
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
    replyOptions(...options: (Option | Option[])[]): void;
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
