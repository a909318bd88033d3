//! A bot that asks for a name, and remembers it.

use bothost::{any_text, bot, Bot};

bot!(declare);

fn declare(b: &mut Bot) {
    b.dialog(|d| {
        d.name("@NAME@", "0.1.0");

        d.initial("ask")
            .enter(|s| s.reply("Hello! What is your name?"))
            .when(any_text()).go_to("met");

        d.state("met")
            .enter(|s| {
                let name = s.message().unwrap_or_default();
                s.set("name", &name);
                s.reply(&format!("Nice to meet you, {}!", name));
            })
            .when(any_text()).go_to("known");

        d.state("known")
            .enter(|s| {
                let name = s.get("name").unwrap_or_default();
                s.reply(&format!("{}, you said: {}", name, s.message().unwrap_or_default()));
            })
            .when(any_text()).go_to("known");
    });
}
