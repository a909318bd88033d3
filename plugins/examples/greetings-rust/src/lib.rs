//! A bot with a small dialog: it asks how you are, and minds the answer.

use bothost::{bot, intent, Bot};

bot!(greetings);

fn greetings(b: &mut Bot) {
    b.dialog(|d| {
        d.name("greetings", "1.1.0");
        d.intent("hello", &["hello", "hi"]);
        d.intent("good", &["good", "fine", "I am good", "I am fine"]);
        d.intent("bad", &["bad", "not so good", "I am not well"]);

        d.initial("initial").when(intent("hello")).go_to("asked");

        d.state("asked")
            .enter(|s| {
                s.reply("Hi! How are you?");
                s.reply_options(&["Good", "Bad"]);
            })
            .when(intent("good"))
            .go_to("good")
            .when(intent("bad"))
            .go_to("bad");

        d.state("good").enter(|s| s.reply("I am glad to hear that!")).go_to("initial");
        d.state("bad").enter(|s| s.reply("I am sorry to hear that...")).go_to("initial");
    });

    b.fallback(|s| s.reply("Sorry, I didn't get it"));
}
