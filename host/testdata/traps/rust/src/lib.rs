//! A bot that breaks, as a test tells it.

use bothost::{bot, Bot};

bot!(breaking);

fn breaking(b: &mut Bot) {
    b.on_message(|s| pour(&s.text()));
}

#[inline(never)]
fn pour(how: &str) {
    match how {
        "panic" => panic!("no tea is left"),
        "index" => {
            let cups = vec![1, 2, 3];
            bothost::info(&cups[how.len()].to_string());
        }
        "unwrap" => bothost::info(&Err::<String, _>("no tea is left").unwrap()),
        _ => {}
    }
}
