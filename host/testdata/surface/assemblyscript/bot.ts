// A bot that calls all that the SDK offers.

import {
  asset, bot, config, debug, error, info, now, quote, random, Session, warn,
} from "./bothost";
import {
  after, anyEvent, anyFile, anyJSON, anyText, anyVoice, chosen, dialog, eventNamed, holds, intent,
  noIntent, variable,
} from "./bothost/dialog";
export * from "./bothost/exports";

dialog((d) => {
  d.name("surface", "1.0.0").field("language", '"en"');
  d.intent("tea", ["{tea} tea"]);
  d.entity("tea").value("green").value("black", ["English"]);
  d.guard("open", (s) => s.getInt("n") == 42);
  d.initial("hall").was(["lobby"]).when(chosen("Go there")).goTo("room");
  d.state("room")
    .enter((s) => s.reply("in the room"))
    .when(eventNamed("out")).and(variable("n").atLeast(1)).guard("open").goTo("hall");
  d.state("help")
    .global(intent("help"))
    .enter((s) => s.reply("help is near"))
    .goBack();
  d.intent("help", ["help"]);
});

// It goes on with the same dialog.
dialog((d) => {
  d.state("shelf")
    .recheck(1000)
    .when(intent("tea")).goTo("hall")
    .when(noIntent()).and(variable("a").is("b")).and(variable("a").isNot("c")).goTo("hall")
    .when(anyText()).and(variable("a").above(1)).and(variable("a").below(2.5)).goTo("hall")
    .when(anyFile().types(["image/*"])).and(variable("a").atMost(3)).goTo("hall")
    .when(anyVoice()).and(variable("a").contains("x")).and(variable("a").matches("^x")).goBack()
    .when(anyJSON()).and(variable("a").isIn(["x", "y"])).goTo("hall")
    .when(after(1000)).and(variable("a").isSet()).goTo("hall")
    .when(anyEvent()).and(variable("a").isUnset()).goTo("hall")
    .when(holds(variable("a").so("==", "true"))).goTo("hall")
    .goTo("hall");
});

bot.onStart((s) => s.reply("started"));
bot.onMessage(message);
bot.onFile((s) => {
  s.reply(String.UTF8.decode(s.file(0)!.slice().buffer));
  const n = s.fileRead(1, 0, new Uint8Array(8));
  s.reply(n < 0 ? "none" : n.toString());
});
bot.onVoice((s) => s.reply("voice " + s.eventGet("files.0.name")!));
bot.onEvent(happened);
bot.fallback((s) => s.reply("passed over"));

function say(s: Session, value: string | null): void {
  s.reply(value === null ? "none" : value);
}

function happened(s: Session): void {
  const kind = s.eventGet("kind")!;
  if (kind == "feedback") return s.notHandled();
  if (kind == "json" && s.message !== null) return s.reply("json");
  let data = s.eventGet("data");
  if (data === null) data = s.eventGet("response.body");
  s.reply(kind + " " + s.eventGet("name")! + ": " + data!);
}

function message(s: Session): void {
  const text = s.text;
  if (text == "kind") say(s, s.eventGet("kind"));
  else if (text == "event") s.reply(s.event.startsWith('{"kind":"message"').toString());
  else if (text == "nothing there") say(s, s.param("nothing") || s.intent);
  else if (text == "quote") s.reply(quote('a"b\\c\x01é'));
  else if (text == "history") s.reply(s.history(100).startsWith('[{"seq":1,').toString());
  else if (text == "set") {
    s.set("n", "41");
    s.setInt("n", s.getInt("n") + 1);
    say(s, s.get("n"));
  } else if (text == "delete") {
    s.set("n", "1");
    s.delete("n");
    say(s, s.get("n"));
  } else if (text == "large") {
    s.set("large", "x".repeat(5000));
    s.reply(s.get("large")!.length.toString());
  } else if (text == "options") s.replyOptions(["Yes", "No"]);
  else if (text == "choices") s.replyChoices([["Yes", "y"], ["No", "n"]]);
  else if (text == "delta") {
    s.replyDelta("he");
    s.replyDelta("llo");
    s.replyEnd();
    s.reply("!");
  } else if (text == "markdown") s.replyMarkdown("**hi**");
  else if (text == "html") s.replyHTML("<b>hi</b>");
  else if (text == "location") s.replyLocation(49.5, 5.9);
  else if (text == "file") s.replyFile("a.txt", "text/plain", bytesOf("hello"));
  else if (text == "timer") {
    s.setTimer("tea", 60000, "green");
    s.reply("set");
  } else if (text == "cancel") {
    s.cancelTimer("tea");
    s.reply("cancelled");
  } else if (text == "http") {
    s.http("tea", '{"url":"https://example.org/tea"}');
    s.reply("asked");
  } else if (text == "config") say(s, config("tea"));
  else if (text == "asset") s.reply(asset() === null ? "none" : "some");
  else if (text == "now") s.reply(now().toString());
  else if (text == "random") s.reply((random() != random()).toString());
  else if (text == "log") {
    debug("d");
    info("i");
    warn("w");
    error("e");
    s.reply("logged");
  } else if (text == "fail") s.fail("no tea is left");
  else if (text == "state") s.reply(s.state);
  else if (text == "leave") {
    s.goTo("room");
    s.goBack();
    s.goTo("hall");
    s.reply(s.state);
  } else if (text == "go") {
    s.goTo("room");
    s.reply(s.state);
  } else s.notHandled();
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}
