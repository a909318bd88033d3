//! Write a bot for bothost in Rust. A bot is a function that says what there is
//! to say, handed to [`bot!`], which makes the exports that the host calls:
//!
//! ```ignore
//! use bothost::{bot, Bot};
//!
//! bot!(echo);
//!
//! fn echo(b: &mut Bot) {
//!     b.on_message(|s| s.reply(&s.text()));
//! }
//! ```
//!
//! There is no state here: what a later turn needs goes to the session, since the
//! host takes any of its instances for the next turn.
//!
//! This file is the core, which has all that the host can do. The other ones use no more
//! of it than bots do, and a bot may leave them out.

mod dialog;
pub use dialog::*;
mod short;
pub use short::*;

use std::{cell::RefCell, fmt::Display};

/// Calls a function of the host: texts and bytes are given by their names, numbers with their
/// types. Outside of Wasm there is no host, and this panics, so that what needs none can be
/// tested by `cargo test`.
macro_rules! host {
    ($name:ident $(, $($text:ident)? $(($arg:ident: $type:ty))?)* $(-> $ret:ty)?) => {{
        #[cfg(target_arch = "wasm32")] #[link(wasm_import_module = "bothost_v1")]
        extern "C" { fn $name($($($text: *const u8, _: usize,)? $($arg: $type,)?)*) $(-> $ret)?; }
        #[cfg(not(target_arch = "wasm32"))]
        unsafe fn $name($($($text: *const u8, _: usize,)? $($arg: $type,)?)*) $(-> $ret)? {
            panic!("{} needs a host: {:?}", stringify!($name), ($($($text,)? $($arg,)?)*))
        }
        unsafe { $name($($($text.as_ptr(), $text.len(),)? $($arg,)?)*) }
    }};
}

/// Calls a function of the host that writes a value into a buffer, if there is one.
macro_rules! pull {
    ($($f:tt)*) => { pull(256, &|buf, cap| host!($($f)*, (buf: *mut u8), (cap: usize) -> i32)) };
}

/// Declares a bot: its handlers, each of which takes the place of one that was there.
pub struct Bot(Vec<(&'static str, String, Box<dyn Fn(&Session) -> Outcome>)>);

/// Makes the methods that set handlers: of an export, or of a name that an export is for.
macro_rules! handlers {
    ($($(#[$doc:meta])* fn $method:ident($($name:ident: &str)?) = $export:literal;)*) => { $(
        $(#[$doc])* pub fn $method<R: Into<Outcome>>(
            &mut self, $($name: &str,)? f: impl Fn(&Session) -> R + 'static,
        ) -> &mut Self {
            self.0.push(($export, String::new() $(+ $name)?, Box::new(move |s| f(s).into())));
            self
        }
    )* };
}

impl Bot {
    handlers! {
        /// Runs when a session begins, or begins anew.
        fn on_start() = "on_start";
        /// Runs when a text came that no transition took.
        fn on_message() = "on_message";
        /// Runs when audio came that no transition took.
        fn on_voice() = "on_voice";
        /// Runs when files came that no transition took.
        fn on_file() = "on_file";
        /// Runs on other events: timers, answers to requests, JSON, feedback, custom ones.
        fn on_event() = "on_event";
        /// Runs when nothing else took what a human said.
        fn fallback() = "on_fallback";
        /// Runs when this state is entered.
        fn enter(state: &str) = "on_enter";
    }

    /// Answers the guard of this name, which transitions ask.
    pub fn guard(&mut self, name: &str, f: impl Fn(&Session) -> bool + 'static) -> &mut Self {
        self.0.push(("check", name.into(), Box::new(move |s| output(&f(s).to_string()))));
        self
    }

    /// Sets the definition, in JSON: the bot's name and version, intents, states. It is
    /// written when the host asks, which is not in each instance.
    pub fn define(&mut self, json: impl ToString + 'static) -> &mut Self {
        self.0.push(("describe", String::new(), Box::new(move |_| output(&json.to_string()))));
        self
    }
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
    fn from(_: ()) -> Self { Self::Done }
}

impl<T: Into<Outcome>, E: Display> From<Result<T, E>> for Outcome {
    fn from(r: Result<T, E>) -> Self { r.map_or_else(|e| Self::Failed(e.to_string()), T::into) }
}

/// Exports the handlers of the bot that a function declares.
#[macro_export]
macro_rules! bot {
    ($declare:expr) => {
        #[no_mangle] pub extern "C" fn _initialize() { $crate::initialize($declare) }
        $crate::bot!(@ describe on_start on_message on_voice on_file on_event on_enter
            on_fallback check);
    };
    (@ $($export:ident)*) => { $(
        #[no_mangle] pub extern "C" fn $export() -> i32 { $crate::call(stringify!($export)) }
    )* };
}

// An instance has one thread.
thread_local!(static BOT: RefCell<Bot> = const { RefCell::new(Bot(Vec::new())) });

/// Declares the bot; for [`bot!`].
pub fn initialize(declare: impl FnOnce(&mut Bot)) {
    // A panic ends in a trap, which has no words: say them before.
    std::panic::set_hook(Box::new(|info| log(3, &info.to_string())));
    BOT.with(|bot| declare(&mut bot.borrow_mut()));
}

/// Runs the handler of an export; for [`bot!`].
pub fn call(export: &str) -> i32 {
    let s = Session(());
    let name = if matches!(export, "on_enter" | "check") { s.text() } else { String::new() };
    let run = |bot: &Bot| Some(bot.0.iter().rev().find(|h| h.1 == name && h.0 == export)?.2(&s));
    match BOT.with(|bot| run(&bot.borrow())) {
        Some(Outcome::Done) => 0,
        Some(Outcome::Failed(words)) => { host!(fail, words); 1 }
        Some(Outcome::NotHandled) | None => 2,
    }
}

/// Most values fit at once; one that does not is asked for again with room for all of it.
fn pull(cap: usize, read: &impl Fn(*mut u8, usize) -> i32) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(cap);
    let n = usize::try_from(read(bytes.as_mut_ptr(), cap)).ok()?;
    // If they fit, the host wrote so many bytes.
    if n <= cap { unsafe { bytes.set_len(n) }; Some(bytes) } else { pull(n, read) }
}

/// The contract says that texts are UTF-8.
fn text(bytes: Option<Vec<u8>>) -> Option<String> { Some(String::from_utf8(bytes?).unwrap()) }

fn output(text: &str) -> Outcome { host!(output, text).into() }

/// The conversation with one user. What is done to it counts when the turn ends well, and
/// only then. An argument that breaks a rule of the contract ends the turn, with words
/// for the operator: there are no errors to look at.
pub struct Session(());

impl Session {
    /// Returns the input of this handler: of on_message and fallback the text.
    pub fn text(&self) -> String { text(pull!(input)).unwrap_or_default() }

    /// Returns the event as JSON.
    pub fn event(&self) -> String { text(pull!(event)).unwrap_or_default() }

    /// Returns one value of the event by its path, such as `files.0.name`.
    pub fn event_get(&self, path: &str) -> Option<String> { text(pull!(event_get, path)) }

    /// Reads bytes of the event's files, beginning at an offset. It returns how many, 0 at
    /// the end, or none if there is no such file.
    pub fn file_read(&self, index: u32, offset: u64, buf: &mut [u8]) -> Option<usize> {
        let (buf, cap) = (buf.as_mut_ptr(), buf.len());
        let n = host!(file_read, (index: u32), (offset: u64), (buf: *mut u8), (cap: usize) -> i32);
        usize::try_from(n).ok()
    }

    /// Replies with a text.
    pub fn reply(&self, text: &str) { host!(reply, text) }

    /// Adds text to the reply in progress, and begins one if there is none. Users see it
    /// while it is made; the next other reply, or the handler's end, ends it.
    pub fn reply_delta(&self, text: &str) { host!(reply_delta, text) }

    /// Ends the reply in progress, if there is one.
    pub fn reply_end(&self) { host!(reply_end) }

    /// Replies with options to choose from, whose values are their labels.
    pub fn reply_options<T: AsRef<str>>(&self, labels: &[T]) {
        let labels: Vec<_> = labels.iter().map(|label| quote(label.as_ref())).collect();
        let json = format!("[{}]", labels.join(","));
        host!(reply_options, json)
    }

    /// Replies with any kind of the contract, such as `dataframe` with a body of JSON.
    pub fn reply_as(&self, kind: &str, body: &str) { host!(reply_as, kind, body) }

    /// Replies with a file; with an image or audio if the MIME type is one of these.
    pub fn reply_file(&self, name: &str, mime: &str, data: &[u8]) {
        host!(reply_file, name, mime, data)
    }

    /// Returns a variable of the session.
    pub fn get(&self, key: &str) -> Option<String> { text(pull!(session_get, key)) }

    /// Sets a variable of the session.
    pub fn set(&self, key: &str, value: &str) { host!(session_set, key, value) }

    /// Removes a variable of the session.
    pub fn delete(&self, key: &str) { host!(session_delete, key) }

    /// Returns where the session stands, or will stand after [`Session::go_to`].
    pub fn state(&self) -> String { text(pull!(state)).unwrap_or_default() }

    /// Goes to a state when the handler has returned; to `@previous` to go back to where
    /// a global one was reached from.
    pub fn go_to(&self, state: &str) { host!(r#move, state) }

    /// Returns the newest n entries of the log as JSON, oldest first.
    pub fn history(&self, n: u32) -> String { text(pull!(history, (n: u32))).unwrap_or_default() }

    /// Sets a timer, in the place of one of the same name; it comes as an event.
    pub fn set_timer(&self, name: &str, delay_ms: i64, data: &str) {
        host!(timer_set, name, (delay_ms: i64), data)
    }

    /// Removes a timer.
    pub fn cancel_timer(&self, name: &str) { host!(timer_cancel, name) }

    /// Makes a request (JSON) after the turn; the answer comes as an event.
    pub fn http(&self, name: &str, request: &str) { host!(http_start, name, request) }
}

/// Returns the operator's configuration for this bot.
pub fn config(key: &str) -> Option<String> { text(pull!(config_get, key)) }

/// Returns the module's custom section `bothost.asset`.
pub fn asset() -> Option<Vec<u8>> { pull!(asset) }

/// Returns the turn's time in milliseconds since 1970 UTC. It stands still within a turn.
pub fn now() -> i64 { host!(now -> i64) }

/// Returns random bytes, fit for secrets: `u64::from_le_bytes(random())`.
pub fn random<const N: usize>() -> [u8; N] {
    let (mut bytes, len) = ([0; N], N);
    let buf = bytes.as_mut_ptr();
    host!(random, (buf: *mut u8), (len: usize));
    bytes
}

/// Logs a line: 0 is for those who look for faults, 1 for the operator, 2 is what the
/// operator should look at, 3 what went wrong.
pub fn log(level: u32, line: &str) { host!(log, (level: u32), line) }

/// Returns a text as a string of JSON.
pub fn quote(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\x1f' => json += &format!("\\u{:04x}", c as u32),
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}
