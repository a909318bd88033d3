//! A bot with a small dialog: it asks how you are, and minds the answer.

use bothost::{bot, intent, Bot};

bot!(greetings);

fn greetings(b: &mut Bot) {
    b.name("greetings", "1.1.0");
    b.intent("hello", &["hello", "hi"]);
    b.intent("good", &["good", "fine", "I am good", "I am fine"]);
    b.intent("bad", &["bad", "not so good", "I am not well"]);

    b.initial("initial").when(intent("hello")).go_to("asked");

    b.state("asked")
        .enter(|s| {
            s.reply("Hi! How are you?");
            s.reply_options(&["Good", "Bad"]);
        })
        .when(intent("good"))
        .go_to("good")
        .when(intent("bad"))
        .go_to("bad");

    b.state("good").enter(|s| s.reply("I am glad to hear that!")).go_to("initial");
    b.state("bad").enter(|s| s.reply("I am sorry to hear that...")).go_to("initial");

    b.fallback(|s| s.reply("Sorry, I didn't get it"));
}
