// The functions of the contract, as calls.wat has them: by letters, which bots do
// not see.
export const host = {};
Object.entries({
  A: "input", B: "event", C: "state", D: "asset", E: "eventGet", F: "sessionGet",
  G: "configGet", H: "history",
  I: "reply", J: "replyOptions", K: "output", L: "fail", M: "move", N: "sessionDelete",
  O: "timerCancel", P: "log", Q: "replyDelta",
  R: "replyAs", S: "sessionSet", T: "httpStart", U: "timerSet", V: "replyFile",
  W: "now", X: "random", Y: "fill", Z: "fileRead", "[": "encode", "\\": "decode",
  "]": "replyEnd", "^": "die",
}).forEach(([letter, name]) => {
  host[name] = globalThis[letter];
  delete globalThis[letter];
});
