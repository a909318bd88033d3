// A bot with a small dialog: it asks how you are, and minds the answer.
import { bot, type Handler } from "bothost";

bot.define({ name: "greetings", version: "1.1.0" });

const hello = bot.intent("hello", "hello", "hi");
const well = bot.intent("good", "good", "fine", "I am good", "I am fine");
const unwell = bot.intent("bad", "bad", "not so good", "I am not well");

const initial = bot.initial("initial");
const asked = bot.state("asked");
const good = bot.state("good");
const bad = bot.state("bad");

// say returns a handler that says one thing.
function say(words: string): Handler {
  return (session) => session.reply(words);
}

initial.when(hello).goTo(asked);

asked.onEnter((session) => {
  session.reply("Hi! How are you?");
  session.replyOptions("Good", "Bad");
});
asked.when(well).goTo(good);
asked.when(unwell).goTo(bad);

good.onEnter(say("I am glad to hear that!"));
good.goTo(initial);

bad.onEnter(say("I am sorry to hear that..."));
bad.goTo(initial);

bot.onFallback(say("Sorry, I didn't get it"));
