// A bot that breaks, as a test tells it.

import { bot } from "./bothost";
export * from "./bothost/exports";

const cups: i32[] = [1, 2, 3];

bot.onMessage((s) => pour(s.text));
bot.onEvent((s) => pour(s.event));

function pour(how: string): void {
  if (how == "throw") throw new Error("no tea is left");
  assert(how != "assert", "no tea is left");
  if (how == "index") cups[7] = cups[how.length];
}
