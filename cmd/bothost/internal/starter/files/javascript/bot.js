// A bot that asks for a name, and remembers it.

import { anyText, bot } from "bothost";

bot.define({ name: "@NAME@", version: "0.1.0" });

const ask = bot.initial("ask");
const met = bot.state("met");
const known = bot.state("known");

ask.onEnter((s) => s.reply("Hello! What is your name?"));
ask.when(anyText()).goTo(met);

met.onEnter((s) => {
  s.setText("name", s.message);
  s.reply(`Nice to meet you, ${s.message}!`);
});
met.when(anyText()).goTo(known);

known.onEnter((s) => s.reply(`${s.getText("name")}, you said: ${s.message}`));
known.when(anyText()).goTo(known);
