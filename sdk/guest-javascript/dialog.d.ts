// The dialog: states, and transitions between them.

declare module "bothost" {
  export interface Bot {
    /** Declares an intent, with examples such as "weather in {city}". */
    intent(name: string, ...examples: (string | string[])[]): Intent;
    /** Declares an entity: things that users name. */
    entity(name: string, ...values: (EntityValue | EntityValue[])[]): Entity;
    /** Declares a state of the dialog. */
    state(name: string): State;
    /** Declares the state in which sessions begin. */
    initial(name: string): State;
  }

  export interface State {
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

  /** The dialog as a plain object. */
  export interface Definition {
    states?: StateDefinition[];
    intents?: { name: string; examples: string[] }[];
    entities?: { name: string; values: EntityValue[] }[];
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
}
