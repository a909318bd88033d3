// A bot that breaks, as a test tells it.
import { bot } from "bothost";

bot.onMessage((session) => pour(session.message));

async function boil() {
  throw new Error("no tea is left");
}

function pour(how) {
  if (how === "throw") throw new Error("no tea is left");
  if (how === "missing") return how.tea.cups;
  if (how === "async") return boil();
}
