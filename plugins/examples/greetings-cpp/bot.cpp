// A bot with a small dialog: it asks how you are, and minds the answer.

#include "bothost_dialog.hpp"

using namespace bothost;

// say returns a handler that says one thing.
static auto say(string_view words) {
    return [words](Session& s) { s.reply(words); };
}

BOTHOST_BOT(b) {
    Dialog d(b);
    d.name("greetings", "1.1.0");
    d.intent("hello", {"hello", "hi"});
    d.intent("good", {"good", "fine", "I am good", "I am fine"});
    d.intent("bad", {"bad", "not so good", "I am not well"});

    d.initial("initial").when(intent("hello")).go_to("asked");

    d.state("asked")
        .enter([](Session& s) {
            s.reply("Hi! How are you?");
            s.reply_options({"Good", "Bad"});
        })
        .when(intent("good")).go_to("good")
        .when(intent("bad")).go_to("bad");

    d.state("good").enter(say("I am glad to hear that!")).go_to("initial");
    d.state("bad").enter(say("I am sorry to hear that...")).go_to("initial");

    b.fallback(say("Sorry, I didn't get it"));
}
