// What transitions wait for, as abi/README.md has it: triggers, and conditions on
// variables of the session.

export const after = (ms) => ({ after_ms: ms });
export const anyEvent = () => ({ any: true });
export const anyFile = (...types) =>
  ({ file: true, ...(types.length > 0 && { file_types: types.flat() }) });
export const anyJSON = () => ({ event: "json" });
export const anyText = () => ({ message: true });
export const anyVoice = () => ({ voice: true });
export const chosen = (value) => ({ option: value });
export const eventNamed = (name) => ({ event: name });
export const noIntent = () => ({ no_intent: true });

export function variable(name) {
  const is = (op) => (value) => ({ var: name, op, value });
  return {
    is: is("=="), isNot: is("!="), above: is(">"), atLeast: is(">="), below: is("<"),
    atMost: is("<="), contains: is("contains"), matches: (pattern) => is("matches")(
      pattern instanceof RegExp ? (pattern.ignoreCase ? "(?i)" : "") + pattern.source : pattern),
    in: (...values) => is("in")(values.flat()),
    isSet: () => is("!=")(null), isUnset: () => is("==")(null),
  };
}

// The fields of triggers.
const triggers = [
  "intent", "no_intent", "message", "option", "file", "voice", "event", "after_ms", "any", "auto",
];

// join adds to a transition what it waits for, or a condition.
export function join(transition, clause) {
  if ("var" in clause) clause = { when: clause };
  for (const [field, value] of Object.entries(clause)) {
    const other = triggers.includes(field) && triggers.find((t) => t in transition);
    if (other) throw new Error(`a transition waits for two things: ${other} and ${field}`);
    if (field === "when" || field === "guard") {
      (transition[field] ??= []).push(...[value].flat());
    } else {
      transition[field] = value;
    }
  }
}
