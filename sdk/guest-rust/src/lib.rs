//! Write a bot for bothost in Rust. A bot is a function that says what there is
//! to say, handed to [`bot!`], which makes the exports that the host calls:
//!
//! ```ignore
//! use bothost::{bot, Bot, Session};
//!
//! bot!(echo);
//!
//! fn echo(b: &mut Bot) {
//!     b.on_message(|s: &Session| s.reply(&s.text()));
//! }
//! ```
//!
//! There is no state here: what a later turn needs goes to the session, since the
//! host takes any of its instances for the next turn.

mod dialog;
mod export;
mod host;
mod session;

pub use dialog::{
    after, any_event, any_file, any_json, any_text, any_voice, chosen, event, intent, no_intent,
    var, Condition, Entity, State, Transition, Value, Var, When,
};
pub use export::{call, initialize, Export, Outcome};
pub use host::{asset, config, debug, error, info, now, random, warn};
pub use session::{quote, Session};

use dialog::join;

/// Declares a bot: its handlers, and its dialog if it has one. Those of its methods
/// that take a handler put it in the place of one that was there.
#[derive(Default)]
pub struct Bot {
    definition: String,
    fields: Vec<String>,
    intents: Vec<String>,
    entities: Vec<Entity>,
    states: Vec<State>,
    guards: Vec<(String, Guard)>,
    handlers: Vec<(Export, Handler)>,
}

type Handler = Box<dyn Fn(&Session) -> Outcome>;
type Guard = Box<dyn Fn(&Session) -> bool>;

impl Bot {
    /// Sets name and version, which operators see.
    pub fn name(&mut self, name: &str, version: &str) -> &mut Self {
        self.field("name", &quote(name)).field("version", &quote(version))
    }

    /// Adds a field of the definition, such as `language` or `limits`, in JSON.
    pub fn field(&mut self, name: &str, json: &str) -> &mut Self {
        self.fields.push(format!("{}:{}", quote(name), json));
        self
    }

    /// Sets the whole definition, in JSON, in the place of all that is declared.
    pub fn define(&mut self, json: &str) -> &mut Self {
        self.definition = json.to_string();
        self
    }

    /// Declares an intent by examples of how people say it.
    pub fn intent(&mut self, name: &str, examples: &[&str]) -> &mut Self {
        let examples = join(examples.iter().map(|e| quote(e)));
        self.intents.push(format!(r#"{{"name":{},"examples":[{}]}}"#, quote(name), examples));
        self
    }

    /// Declares an entity, whose values the slots of intents take.
    pub fn entity(&mut self, name: &str) -> &mut Entity {
        self.entities.push(Entity::new(name));
        self.entities.last_mut().unwrap()
    }

    /// Declares the state in which sessions begin.
    pub fn initial(&mut self, name: &str) -> &mut State {
        self.state(name).with("\"initial\":true")
    }

    /// Declares a state, or goes on with one that was declared.
    pub fn state(&mut self, name: &str) -> &mut State {
        let at = self.states.iter().position(|s| s.name == name).unwrap_or_else(|| {
            self.states.push(State::new(name));
            self.states.len() - 1
        });
        &mut self.states[at]
    }

    /// Answers the guard of this name, which transitions ask.
    pub fn guard(&mut self, name: &str, f: impl Fn(&Session) -> bool + 'static) -> &mut Self {
        self.guards.push((name.to_string(), Box::new(f)));
        self
    }

    fn on<R: Into<Outcome>>(
        &mut self, export: Export, f: impl Fn(&Session) -> R + 'static,
    ) -> &mut Self {
        self.handlers.retain(|(e, _)| *e != export);
        self.handlers.push((export, Box::new(move |s| f(s).into())));
        self
    }

    /// The definition as `describe` gives it to the host.
    fn describe(&self) -> String {
        if !self.definition.is_empty() {
            return self.definition.clone();
        }
        let mut fields = self.fields.clone();
        let mut list = |name: &str, items: String| {
            if !items.is_empty() {
                fields.push(format!("\"{}\":[{}]", name, items));
            }
        };
        list("intents", self.intents.join(","));
        list("entities", join(self.entities.iter().map(Entity::json)));
        list("states", join(self.states.iter().map(State::json)));
        if fields.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", fields.join(","))
        }
    }
}

/// Makes the methods of [`Bot`] that set the handler of an export.
macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident $export:ident)*) => {
        impl Bot {
            $($(#[$doc])* pub fn $name<R: Into<Outcome>>(
                &mut self, f: impl Fn(&Session) -> R + 'static,
            ) -> &mut Self {
                self.on(Export::$export, f)
            })*
        }
    };
}

handlers! {
    /// Runs when a session begins, or begins anew.
    on_start Start
    /// Runs when a text came that no transition took.
    on_message Message
    /// Runs when audio came that no transition took.
    on_voice Voice
    /// Runs when files came that no transition took.
    on_file File
    /// Runs on other events: timers, answers to requests, JSON, feedback, custom ones.
    on_event Event
    /// Runs when nothing else took what a human said.
    fallback Fallback
}
