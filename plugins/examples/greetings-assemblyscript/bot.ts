// A bot with a small dialog: it asks how you are, and minds the answer.

import { bot, intent } from "../../../sdk/guest-assemblyscript";
export * from "../../../sdk/guest-assemblyscript/exports";

bot.name("greetings", "1.1.0");
bot.intent("hello", ["hello", "hi"]);
bot.intent("good", ["good", "fine", "I am good", "I am fine"]);
bot.intent("bad", ["bad", "not so good", "I am not well"]);

bot.initial("initial").when(intent("hello")).goTo("asked");

bot.state("asked")
  .enter((s) => {
    s.reply("Hi! How are you?");
    s.replyOptions(["Good", "Bad"]);
  })
  .when(intent("good")).goTo("good")
  .when(intent("bad")).goTo("bad");

bot.state("good").enter((s) => s.reply("I am glad to hear that!")).goTo("initial");
bot.state("bad").enter((s) => s.reply("I am sorry to hear that...")).goTo("initial");

bot.fallback((s) => s.reply("Sorry, I didn't get it"));
