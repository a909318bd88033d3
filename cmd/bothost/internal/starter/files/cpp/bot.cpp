// A bot that asks for a name, and remembers it.

#include "bothost_dialog.hpp"

using namespace bothost;

BOTHOST_BOT(b) {
    Dialog d(b);
    d.name("@NAME@", "0.1.0");

    d.initial("ask")
        .enter([](Session& s) { s.reply("Hello! What is your name?"); })
        .when(any_text()).go_to("met");

    d.state("met")
        .enter([](Session& s) {
            const string name = s.message().value_or("");
            s.set("name", name);
            s.reply("Nice to meet you, " + name + "!");
        })
        .when(any_text()).go_to("known");

    d.state("known")
        .enter([](Session& s) {
            s.reply(s.get("name").value_or("") + ", you said: " + s.message().value_or(""));
        })
        .when(any_text()).go_to("known");
}
