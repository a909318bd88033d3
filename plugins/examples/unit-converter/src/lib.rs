//! A bot that converts units. What people say is found by the host, by the examples of
//! intents; the arithmetic is in `units`.

mod units;

use bothost::{bot, Bot, Session};
use units::{convert, named, number, Fault, Unit, UNITS};

bot!(converter);

fn converter(b: &mut Bot) {
    b.dialog(|d| {
        d.name("unit-converter", "1.0.0");
        let units: Vec<_> = UNITS.iter().map(|unit| (unit.symbol, unit.names)).collect();
        d.entity("unit", &units);
        d.intent(
            "convert",
            &[
                "{amount:number} {from:unit} in {to:unit}",
                "{amount:number} {from:unit} to {to:unit}",
                "convert {amount:number} {from:unit} to {to:unit}",
                "what is {amount:number} {from:unit} in {to:unit}",
                "how much is {amount:number} {from:unit} in {to:unit}",
                "how many {to:unit} are {amount:number} {from:unit}",
                "how many {to:unit} are in a {from:unit}",
            ],
        );
        d.intent(
            "again",
            &["and in {to:unit}", "in {to:unit}", "and {to:unit}", "what about {to:unit}"],
        );
        d.intent(
            "units",
            &["which units do you know", "what can you convert", "what units are there"],
        );
    });

    b.on_start(|s| s.reply("I convert units. Try: 10 miles in km"));
    b.on_message(|s| match s.intent().as_deref() {
        Some("convert") => first(s),
        Some("again") => again(s),
        Some("units") => list(s),
        _ => s.reply("I did not get that. Try: how many feet are 2 metres"),
    });
}

/// Answers a whole question.
fn first(s: &Session) {
    // "How many feet are in a metre" has no number.
    let text = s.param("amount").unwrap_or_else(|| "1".to_string());
    match (text.parse(), param(s, "from"), param(s, "to")) {
        (Ok(amount), ..) if !f64::is_finite(amount) => s.reply("That is too much for me."),
        (Ok(amount), Some(from), Some(to)) => answer(s, amount, from, to),
        _ => s.reply("Which units do you mean? Try: 10 miles in km"),
    }
}

/// Answers for the same amount in another unit.
fn again(s: &Session) {
    let before = s.get("from").and_then(|symbol| named(&symbol));
    let amount = s.get("amount").and_then(|text| text.parse().ok());
    match (amount, before, param(s, "to")) {
        (Some(amount), Some(from), Some(to)) => answer(s, amount, from, to),
        (None, ..) => s.reply("Of what? Try: 10 miles in km"),
        _ => s.reply("I do not know that unit."),
    }
}

fn param(s: &Session, name: &str) -> Option<&'static Unit> {
    named(&s.param(name)?)
}

fn answer(s: &Session, amount: f64, from: &Unit, to: &Unit) {
    match convert(amount, from, to) {
        Ok(result) => {
            s.set("amount", &amount.to_string());
            s.set("from", from.symbol);
            s.reply(&format!("{} {} = {} {}", amount, from.symbol, number(result), to.symbol));
        }
        Err(Fault::Different(a, b)) => {
            let (a, b) = (a.name(), b.name());
            s.reply(&format!("{} measures {a}, and {} measures {b}.", from.symbol, to.symbol))
        }
        Err(Fault::BelowNothing(quantity)) => {
            let what = quantity.name();
            s.reply(&format!("There is no such thing as {} of {} {}.", what, amount, from.symbol))
        }
    }
}

fn list(s: &Session) {
    let symbols: Vec<_> = UNITS.iter().map(|u| u.symbol).collect();
    s.reply(&format!("I know {}.", symbols.join(", ")));
}
