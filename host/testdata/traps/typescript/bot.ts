// A bot that breaks, as a test tells it.
import { bot } from "bothost";

interface Pot {
  readonly cups: number[];
}

const pot: Pot = { cups: [1, 2, 3] };

bot.onMessage((session) => session.reply(String(pour(session.message as string))));

function pour(how: string): number {
  if (how === "throw") throw new Error("no tea is left");
  return pot.cups.find((cup: number) => cup > 3)!.toFixed as never;
}
