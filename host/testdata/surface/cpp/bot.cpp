// A bot that calls all that the SDK offers.

#include "bothost_dialog.hpp"
#include "bothost_kinds.hpp"

using namespace bothost;

void log_levels(); // in plain.cpp

static void say(Session& s, const optional<string>& value) {
    s.reply(value.value_or("none"));
}

static const char* word(bool holds) { return holds ? "true" : "false"; }

static Outcome happened(Session& s) {
    const string kind = *s.event_get("kind");
    if (kind == "feedback") return Outcome::not_handled();
    if (kind == "json" && s.message()) return s.reply("json"), Outcome::done();
    auto data = s.event_get("data");
    if (!data) data = s.event_get("response.body");
    s.reply(kind + " " + *s.event_get("name") + ": " + *data);
    return Outcome::done();
}

static Outcome message(Session& s) {
    const string text = s.text();
    if (text == "kind") say(s, s.event_get("kind"));
    else if (text == "event") s.reply(word(s.event().starts_with("{\"kind\":\"message\"")));
    else if (text == "nothing there") say(s, s.param("nothing") ? s.param("nothing") : s.intent());
    else if (text == "quote") s.reply(quote("a\"b\\c\1é"));
    else if (text == "history") s.reply(word(s.history(100).starts_with("[{\"seq\":1,")));
    else if (text == "set") {
        s.set("n", "41");
        s.set_int("n", *s.get_int("n") + 1);
        say(s, s.get("n"));
    } else if (text == "delete") {
        s.set("n", "1");
        s.erase("n");
        say(s, s.get("n"));
    } else if (text == "large") {
        s.set("large", string(5000, 'x'));
        s.reply(std::to_string(s.get("large")->size()));
    } else if (text == "options") s.reply_options({"Yes", "No"});
    else if (text == "choices") reply_choices(s, {{"Yes", "y"}, {"No", "n"}});
    else if (text == "delta") s.reply_delta("he"), s.reply_delta("llo"), s.reply_end(), s.reply("!");
    else if (text == "markdown") s.reply_markdown("**hi**");
    else if (text == "html") s.reply_html("<b>hi</b>");
    else if (text == "location") reply_location(s, 49.5, 5.9);
    else if (text == "file") s.reply_file("a.txt", "text/plain", "hello");
    else if (text == "timer") {
        s.set_timer("tea", 60'000, "green");
        s.reply("set");
    } else if (text == "cancel") {
        s.cancel_timer("tea");
        s.reply("cancelled");
    } else if (text == "http") {
        s.http("tea", R"({"url":"https://example.org/tea"})");
        s.reply("asked");
    } else if (text == "config") say(s, config("tea"));
    else if (text == "asset") say(s, asset());
    else if (text == "now") s.reply(std::to_string(now()));
    else if (text == "random") s.reply(word(random_number() != random_number()));
    else if (text == "log") {
        log(Level::debug, "d");
        info("i");
        warn("w");
        log(Level::error, "e");
        log_levels();
        s.reply("logged");
    } else if (text == "fail") return Outcome::failed("no tea is left");
    else if (text == "state") s.reply(s.state());
    else if (text == "leave") {
        s.go_to("room");
        s.go_back();
        s.go_to("hall");
        s.reply(s.state());
    } else if (text == "go") {
        s.go_to("room");
        s.reply(s.state());
    } else return Outcome::not_handled();
    return Outcome::done();
}

BOTHOST_BOT(b) {
    Dialog d(b);
    d.name("surface", "1.0.0").field("language", "\"en\"");
    d.intent("tea", {"{tea} tea"});
    d.entity("tea").value("green").value("black", {"English"});
    d.guard("open", [](Session& s) { return s.get_int("n") == 42; });
    d.initial("hall").was({"lobby"}).when(chosen("Go there")).go_to("room");
    d.state("room")
        .enter([](Session& s) { s.reply("in the room"); })
        .when(event("out")).and_(Var("n").at_least(1)).guard("open").go_to("hall");
    d.state("help")
        .global(intent("help"))
        .enter([](Session& s) { s.reply("help is near"); })
        .go_back();
    d.intent("help", {"help"});
    d.state("shelf")
        .recheck(1000)
        .when(intent("tea")).go_to("hall")
        .when(no_intent()).and_(Var("a").is("b")).and_(Var("a").is_not("c")).go_to("hall")
        .when(any_text()).and_(Var("a").above(1)).and_(Var("a").below(2.5)).go_to("hall")
        .when(any_file().types({"image/*"})).and_(Var("a").at_most(3)).go_to("hall")
        .when(any_voice()).and_(Var("a").contains("x")).and_(Var("a").matches("^x")).go_back()
        .when(any_json()).and_(Var("a").is_in({"x", "y"})).go_to("hall")
        .when(after(1000)).and_(Var("a").is_set()).go_to("hall")
        .when(any_event()).and_(Var("a").is_unset()).go_to("hall")
        .when(Var("a").is(true)).go_to("hall")
        .go_to("hall");
    b.on_start([](Session& s) { s.reply("started"); });
    b.on_message(message);
    b.on_file([](Session& s) {
        char room[8];
        s.reply(*read_file(s, 0));
        const auto n = s.file_read(1, 0, room, sizeof room);
        s.reply(n ? std::to_string(*n) : "none");
    });
    b.on_voice([](Session& s) { s.reply("voice " + *s.event_get("files.0.name")); });
    b.on_event(happened);
    b.fallback([](Session& s) { s.reply("passed over"); });
}
