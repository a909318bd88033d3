// A bot that asks for a name, and remembers it.

import { anyText, bot, Session } from "./bothost";
export * from "./bothost/exports";

bot.name("@NAME@", "0.1.0");

// What was said, or nothing if it was no text.
function said(s: Session): string {
  const text = s.message;
  return text === null ? "" : text;
}

bot.initial("ask")
  .enter((s) => s.reply("Hello! What is your name?"))
  .when(anyText()).goTo("met");

bot.state("met")
  .enter((s) => {
    s.set("name", said(s));
    s.reply(`Nice to meet you, ${said(s)}!`);
  })
  .when(anyText()).goTo("known");

bot.state("known")
  .enter((s) => {
    const name = s.get("name");
    s.reply((name === null ? "" : name) + ", you said: " + said(s));
  })
  .when(anyText()).goTo("known");
