//! A bot that calls all that the SDK offers.

use bothost::*;

bot!(surface);

fn surface(b: &mut Bot) {
    b.dialog(|d| {
        d.name("surface", "1.0.0").field("language", "\"en\"");
        d.intent("tea", &["{tea} tea"]);
        d.entity("tea", &[("green", &[]), ("black", &["English"])]);
        d.guard("open", |s| s.get_int("n") == Some(42));
        d.initial("hall").was(&["lobby"]).when(chosen("Go there")).go_to("room");
        d.state("room")
            .enter(|s| s.reply("in the room"))
            .when(event("out"))
            .and(var("n").at_least(1))
            .guard("open")
            .go_to("hall");
        d.state("help").global(intent("help")).enter(|s| s.reply("help is near")).go_back();
        d.intent("help", &["help"]);
        d.state("shelf")
            .recheck(1000)
            .when(intent("tea"))
            .go_to("hall")
            .when(no_intent())
            .and(var("a").is("b"))
            .and(var("a").is_not("c"))
            .go_to("hall")
            .when(any_text())
            .and(var("a").above(1))
            .and(var("a").below(2.5))
            .go_to("hall")
            .when(any_file().types(&["image/*"]))
            .and(var("a").at_most(3))
            .go_to("hall")
            .when(any_voice())
            .and(var("a").contains("x"))
            .and(var("a").matches("^x"))
            .go_back()
            .when(any_json())
            .and(var("a").is_in(&["x", "y"]))
            .go_to("hall")
            .when(after(1000))
            .and(var("a").is_set())
            .go_to("hall")
            .when(any_event())
            .and(var("a").is_unset())
            .go_to("hall")
            .when(var("a").is(true))
            .go_to("hall")
            .go_to("hall");
    });
    b.on_start(|s| s.reply("started"));
    b.on_message(message);
    b.on_file(|s| {
        let bytes = s.file(0).unwrap();
        s.reply(&String::from_utf8(bytes).unwrap());
        say(s, s.file_read(1, 0, &mut [0; 8]).map(|n| n.to_string()));
    });
    b.on_voice(|s| s.reply(&format!("voice {}", s.event_get("files.0.name").unwrap())));
    b.on_event(happened);
    b.fallback(|s| s.reply("passed over"));
}

fn say(s: &Session, value: Option<String>) {
    s.reply(value.as_deref().unwrap_or("none"))
}

fn happened(s: &Session) -> Outcome {
    let kind = s.event_get("kind").unwrap();
    let data = s.event_get("data").or_else(|| s.event_get("response.body"));
    match (kind.as_str(), s.message()) {
        ("feedback", _) => return Outcome::NotHandled,
        ("json", Some(_)) => s.reply("json"),
        _ => s.reply(&format!("{} {}: {}", kind, s.event_get("name").unwrap(), data.unwrap())),
    }
    Outcome::Done
}

fn message(s: &Session) -> Outcome {
    match s.text().as_str() {
        "kind" => say(s, s.event_get("kind")),
        "event" => s.reply(&s.event().starts_with("{\"kind\":\"message\"").to_string()),
        "nothing there" => say(s, s.param("nothing").or_else(|| s.intent())),
        "quote" => s.reply(&quote("a\"b\\c\u{1}é")),
        "history" => s.reply(&s.history(100).starts_with("[{\"seq\":1,").to_string()),
        "set" => {
            s.set("n", "41");
            s.set_int("n", s.get_int("n").unwrap() + 1);
            say(s, s.get("n"));
        }
        "delete" => {
            s.set("n", "1");
            s.delete("n");
            say(s, s.get("n"));
        }
        "large" => {
            s.set("large", &"x".repeat(5000));
            s.reply(&s.get("large").unwrap().len().to_string());
        }
        "options" => s.reply_options(&["Yes", "No"]),
        "choices" => s.reply_choices(&[("Yes", "y"), ("No", "n")]),
        "delta" => {
            s.reply_delta("he");
            s.reply_delta("llo");
            s.reply_end();
            s.reply("!");
        }
        "markdown" => s.reply_markdown("**hi**"),
        "html" => s.reply_html("<b>hi</b>"),
        "location" => s.reply_location(49.5, 5.9),
        "file" => s.reply_file("a.txt", "text/plain", b"hello"),
        "timer" => {
            s.set_timer("tea", 60_000, "green");
            s.reply("set");
        }
        "cancel" => {
            s.cancel_timer("tea");
            s.reply("cancelled");
        }
        "http" => {
            s.http("tea", "{\"url\":\"https://example.org/tea\"}");
            s.reply("asked");
        }
        "config" => say(s, config("tea")),
        "asset" => say(s, asset().map(|bytes| bytes.len().to_string())),
        "now" => s.reply(&now().to_string()),
        "random" => s.reply(&(random::<16>() != random::<16>()).to_string()),
        "log" => {
            debug("d");
            info("i");
            warn("w");
            error("e");
            s.reply("logged");
        }
        "fail" => return Outcome::Failed("no tea is left".to_string()),
        "state" => s.reply(&s.state()),
        "leave" => {
            s.go_to("room");
            s.go_back();
            s.go_to("hall");
            s.reply(&s.state());
        }
        "go" => {
            s.go_to("room");
            s.reply(&s.state());
        }
        _ => return Outcome::NotHandled,
    }
    Outcome::Done
}
