//! What the host calls.

use crate::host::{error, pull_text, raw};
use crate::{Bot, Session};
use std::cell::Cell;
use std::fmt::Display;

/// The exports of a bot.
#[derive(Clone, Copy, PartialEq)]
pub enum Export {
    Describe,
    Start,
    Message,
    Voice,
    File,
    Event,
    Enter,
    Fallback,
    Check,
}

/// What came of a handler. Handlers may also return nothing, which is [`Outcome::Done`],
/// or a `Result` whose error is [`Outcome::Failed`].
pub enum Outcome {
    /// What the handler did counts.
    Done,
    /// Nothing of the turn is kept, and the operator reads these words.
    Failed(String),
    /// The host goes on as if there were no handler.
    NotHandled,
}

impl From<()> for Outcome {
    fn from(_: ()) -> Self {
        Outcome::Done
    }
}

impl<E: Display> From<Result<(), E>> for Outcome {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Outcome::Done,
            Err(e) => Outcome::Failed(e.to_string()),
        }
    }
}

/// Exports the handlers of the bot that a function declares.
#[macro_export]
macro_rules! bot {
    ($declare:expr) => {
        #[no_mangle]
        pub extern "C" fn _initialize() {
            $crate::initialize($declare)
        }
        $crate::bot!(@ describe Describe, on_start Start, on_message Message, on_voice Voice,
            on_file File, on_event Event, on_enter Enter, on_fallback Fallback, check Check);
    };
    (@ $($name:ident $export:ident),*) => {
        $(#[no_mangle]
        pub extern "C" fn $name() -> i32 {
            $crate::call($crate::Export::$export)
        })*
    };
}

thread_local! {
    // An instance has one thread, and its bot lives as long as it does.
    static BOT: Cell<Option<&'static Bot>> = const { Cell::new(None) };
}

/// Declares the bot; for [`bot!`].
pub fn initialize(declare: impl FnOnce(&mut Bot)) {
    // A panic ends in a trap, which has no words: say them before.
    std::panic::set_hook(Box::new(|info| error(&info.to_string())));
    let mut bot = Bot::default();
    declare(&mut bot);
    BOT.with(|cell| cell.set(Some(Box::leak(Box::new(bot)))));
}

/// Runs the handler of an export; for [`bot!`].
pub fn call(export: Export) -> i32 {
    let bot = BOT.with(Cell::get).expect("the host calls _initialize first");
    match bot.run(export) {
        Outcome::Done => 0,
        Outcome::Failed(words) => {
            unsafe { raw::fail(words.as_ptr(), words.len()) };
            1
        }
        Outcome::NotHandled => 2,
    }
}

impl Bot {
    fn run(&self, export: Export) -> Outcome {
        let session = Session::new();
        match export {
            Export::Describe => output(&self.describe()),
            Export::Check => return self.check(&session),
            Export::Enter => {
                let name = session.text();
                match self.states.iter().find(|s| s.name == name).and_then(|s| s.enter.as_ref()) {
                    Some(enter) => return enter(&session),
                    None => return Outcome::NotHandled,
                }
            }
            _ => match self.handlers.iter().find(|(e, _)| *e == export) {
                Some((_, handler)) => return handler(&session),
                None => return Outcome::NotHandled,
            },
        }
        Outcome::Done
    }

    fn check(&self, session: &Session) -> Outcome {
        let name = session.text();
        match self.guards.iter().find(|(guard, _)| *guard == name) {
            Some((_, holds)) => output(if holds(session) { "true" } else { "false" }),
            None => return Outcome::Failed(format!("there is no guard {name:?}")),
        }
        Outcome::Done
    }
}

fn output(text: &str) {
    unsafe { raw::output(text.as_ptr(), text.len()) }
}

/// The input of the call that runs.
pub fn input() -> String {
    pull_text(|buf, cap| unsafe { raw::input(buf, cap) }).unwrap_or_default()
}
