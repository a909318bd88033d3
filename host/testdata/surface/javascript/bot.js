// A bot that calls all that the SDK offers.
import {
  after, anyEvent, anyFile, anyJSON, anyText, anyVoice, bot, chosen, eventNamed, noIntent,
  notHandled, second, variable,
} from "bothost";

bot.define({ name: "surface", version: "1.0.0", language: "en" });
const tea = bot.intent("tea", "{tea} tea");
bot.entity("tea").value("green").value("black", "English");
const open = bot.guard("open", (s) => s.get("n") === 42);
const hall = bot.initial("hall").was("lobby");
hall.when(chosen("Go there")).goTo("room");
const room = bot.state("room").onEnter((s) => s.reply("in the room"));
room.when(eventNamed("out")).and(variable("n").atLeast(1)).and(open).goTo(hall);
const help = bot.state("help").onEnter((s) => s.reply("help is near"));
help.global("help");
help.goBack();
bot.intent("help", "help");

const shelf = bot.state("shelf").recheck(second);
const a = variable("a");
shelf.when(tea).goTo(hall);
shelf.when(noIntent()).and(a.is("b")).and(a.isNot("c")).goTo(hall);
shelf.when(anyText()).and(a.above(1)).and(a.below(2.5)).goTo(hall);
shelf.when(anyFile("image/*")).and(a.atMost(3)).goTo(hall);
shelf.when(anyVoice()).and(a.contains("x")).and(a.matches(/^x/)).goBack();
shelf.when(anyJSON()).and(a.in("x", "y")).goTo(hall);
shelf.when(after(second)).and(a.isSet()).goTo(hall);
shelf.when(anyEvent()).and(a.isUnset()).goTo(hall);
shelf.when({ when: { var: "a", op: "==", value: true } }).goTo(hall);
shelf.goTo(hall);

bot.onStart((s) => s.reply("started"));
bot.onFile((s) => {
  s.reply(s.files[0].text());
  s.reply(s.fileRead(1, 0, new Uint8Array(1)) < 0 ? "none" : "more");
});
bot.onVoice((s) => s.reply("voice " + s.files[0].name));
bot.onFallback((s) => s.reply("passed over"));

bot.onEvent((s) => {
  const { kind, name, text, data, response } = s.event;
  if (kind === "feedback") return notHandled;
  if (kind === "json" && text !== undefined) return s.reply("json");
  const news = response ? response.body : data;
  s.reply(`${kind} ${name}: ${typeof news === "string" ? news : JSON.stringify(news)}`);
});

const none = (value) => (value === undefined ? "none" : value);

const messages = {
  "kind": (s) => s.reply(s.event.kind),
  "event": (s) => s.reply(JSON.stringify(s.event).startsWith('{"kind":"message"')),
  "nothing there": (s) => s.reply(none(s.intent)),
  "quote": (s) => s.reply(JSON.stringify('a"b\\c\x01é')),
  "history": (s) => s.reply(s.history(100)[0].seq === 1),
  "set": (s) => {
    s.set("n", 41);
    s.set("n", s.get("n") + 1);
    s.reply(none(s.get("n")));
  },
  "delete": (s) => {
    s.setText("n", "1");
    s.delete("n");
    s.reply(none(s.getText("n")));
  },
  "large": (s) => {
    s.set("large", "x".repeat(5000));
    s.reply(s.get("large").length);
  },
  "options": (s) => s.replyOptions("Yes", "No"),
  "choices": (s) => s.replyOptions({ label: "Yes", value: "y" }, { label: "No", value: "n" }),
  "delta": (s) => {
    s.replyDelta("he");
    s.replyDelta("llo");
    s.replyEnd();
    s.reply("!");
  },
  "markdown": (s) => s.replyMarkdown("**hi**"),
  "html": (s) => s.replyHTML("<b>hi</b>"),
  "location": (s) => s.replyLocation(49.5, 5.9),
  "file": (s) => s.replyFile("a.txt", "text/plain", new TextEncoder().encode("hello")),
  "timer": (s) => {
    s.setTimer("tea", 60 * second, "green");
    s.reply("set");
  },
  "cancel": (s) => {
    s.cancelTimer("tea");
    s.reply("cancelled");
  },
  "http": (s) => {
    s.http("tea", { url: "https://example.org/tea" });
    s.reply("asked");
  },
  "config": (s) => s.reply(none(s.config("tea"))),
  "asset": (s) => s.reply("none"), // it is the script
  "now": (s) => s.reply(s.now()),
  "random": (s) => s.reply(Math.random() !== Math.random()),
  "log": (s) => {
    console.debug("d");
    console.info("i");
    console.warn("w");
    console.error("e");
    s.reply("logged");
  },
  "fail": () => { throw new Error("no tea is left"); },
  "state": (s) => s.reply(s.state),
  "leave": (s) => {
    s.goTo(room);
    s.goBack();
    s.goTo(hall);
    s.reply(s.state);
  },
  "go": (s) => {
    s.goTo(room);
    s.reply(s.state);
  },
};

bot.onMessage((s) => (Object.hasOwn(messages, s.text) ? messages[s.text](s) : notHandled));
