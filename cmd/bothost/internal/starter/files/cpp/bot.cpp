// A bot that asks for a name, and remembers it.

#include "bothost.hpp"

using namespace bothost;

BOTHOST_BOT(b) {
    b.name("@NAME@", "0.1.0");

    b.initial("ask")
        .enter([](Session& s) { s.reply("Hello! What is your name?"); })
        .when(any_text()).go_to("met");

    b.state("met")
        .enter([](Session& s) {
            const string name = s.message().value_or("");
            s.set("name", name);
            s.reply("Nice to meet you, " + name + "!");
        })
        .when(any_text()).go_to("known");

    b.state("known")
        .enter([](Session& s) {
            s.reply(s.get("name").value_or("") + ", you said: " + s.message().value_or(""));
        })
        .when(any_text()).go_to("known");
}
