// A bot with a small dialog: it asks how you are, and minds the answer.

import { bot } from "../../../sdk/guest-assemblyscript";
import { dialog, intent } from "../../../sdk/guest-assemblyscript/dialog";
export * from "../../../sdk/guest-assemblyscript/exports";

dialog((d) => {
  d.name("greetings", "1.1.0");
  d.intent("hello", ["hello", "hi"]);
  d.intent("good", ["good", "fine", "I am good", "I am fine"]);
  d.intent("bad", ["bad", "not so good", "I am not well"]);

  d.initial("initial").when(intent("hello")).goTo("asked");

  d.state("asked")
    .enter((s) => {
      s.reply("Hi! How are you?");
      s.replyOptions(["Good", "Bad"]);
    })
    .when(intent("good")).goTo("good")
    .when(intent("bad")).goTo("bad");

  d.state("good").enter((s) => s.reply("I am glad to hear that!")).goTo("initial");
  d.state("bad").enter((s) => s.reply("I am sorry to hear that...")).goTo("initial");
});

bot.fallback((s) => s.reply("Sorry, I didn't get it"));
