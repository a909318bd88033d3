// What the host calls. A bot's file has the line
//
//	export * from "./bothost/exports";
//
// since the compiler exports what the first file exports, and nothing else.

import * as bot from "./index";

export function describe(): i32 { return bot.run(bot.describe); }
export function on_start(): i32 { return bot.run(bot.start); }
export function on_message(): i32 { return bot.run(bot.message); }
export function on_voice(): i32 { return bot.run(bot.voice); }
export function on_file(): i32 { return bot.run(bot.files); }
export function on_event(): i32 { return bot.run(bot.events); }
export function on_enter(): i32 { return bot.run(bot.enter(new bot.Session().text)); }
export function on_fallback(): i32 { return bot.run(bot.rest); }
export function check(): i32 { return bot.run(bot.asked(new bot.Session().text)); }
