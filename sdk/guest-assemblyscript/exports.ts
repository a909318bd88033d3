// What the host calls. A bot's file has the line
//
//	export * from "./bothost/exports";
//
// since the compiler exports what the first file exports, and nothing else.

import { bot, Export } from "./index";

export function describe(): i32 {
  return bot.run(Export.Describe);
}

export function on_start(): i32 {
  return bot.run(Export.Start);
}

export function on_message(): i32 {
  return bot.run(Export.Message);
}

export function on_voice(): i32 {
  return bot.run(Export.Voice);
}

export function on_file(): i32 {
  return bot.run(Export.File);
}

export function on_event(): i32 {
  return bot.run(Export.Event);
}

export function on_enter(): i32 {
  return bot.run(Export.Enter);
}

export function on_fallback(): i32 {
  return bot.run(Export.Fallback);
}

export function check(): i32 {
  return bot.run(Export.Check);
}
