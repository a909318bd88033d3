// What `import ... from "bothost"` gives: package script of the toolchain, which puts
// it into bots, has the names too.
import { bot, day, hour, minute, notHandled, second } from "./bot.js";
import {
  after, anyEvent, anyFile, anyJSON, anyText, anyVoice, chosen, eventNamed, noIntent, variable,
} from "./clauses.js";
import "./dialog.js";
import "./files.js";
import "./replies.js";

globalThis[Symbol.for("bothost")] = {
  after, anyEvent, anyFile, anyJSON, anyText, anyVoice, bot, chosen, day, eventNamed, hour,
  minute, noIntent, notHandled, second, variable,
};
