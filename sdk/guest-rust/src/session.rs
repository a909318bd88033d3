//! What a handler can do.

use crate::export::input;
use crate::host::{pull_text, raw};

/// The conversation with one user. What is done to it counts when the turn ends well, and
/// only then. An argument that breaks a rule of the contract ends the turn, with words
/// for the operator: there are no errors to look at.
pub struct Session(());

/// # What was said
impl Session {
    pub(crate) fn new() -> Self {
        Session(())
    }

    /// Returns the input of this handler: of on_message and fallback the text.
    pub fn text(&self) -> String {
        input()
    }

    /// Returns the event's text, also in the state that it led to.
    pub fn message(&self) -> Option<String> {
        self.event_get("text")
    }

    /// Returns the name of the intent that the text has.
    pub fn intent(&self) -> Option<String> {
        self.event_get("intent.name")
    }

    /// Returns a parameter of the intent.
    pub fn param(&self, name: &str) -> Option<String> {
        self.event_get(&format!("intent.params.{name}"))
    }

    /// Returns the event as JSON.
    pub fn event(&self) -> String {
        pull_text(|buf, cap| unsafe { raw::event(buf, cap) }).unwrap_or_default()
    }

    /// Returns one value of the event by its path, such as `files.0.name`.
    pub fn event_get(&self, path: &str) -> Option<String> {
        pull_text(|buf, cap| unsafe { raw::event_get(path.as_ptr(), path.len(), buf, cap) })
    }

    /// Reads bytes of the event's files, beginning at an offset. It returns how many, 0 at
    /// the end, or none if there is no such file.
    pub fn file_read(&self, index: u32, offset: u64, buf: &mut [u8]) -> Option<usize> {
        let n = unsafe { raw::file_read(index, offset as i64, buf.as_mut_ptr(), buf.len()) };
        usize::try_from(n).ok()
    }

    /// Returns a whole file of the event.
    pub fn file(&self, index: u32) -> Option<Vec<u8>> {
        let size = self.event_get(&format!("files.{index}.size"))?.parse().ok()?;
        let (mut bytes, mut have) = (vec![0; size], 0);
        while have < size {
            match self.file_read(index, have as u64, &mut bytes[have..])? {
                0 => break,
                n => have += n,
            }
        }
        bytes.truncate(have);
        Some(bytes)
    }
}

/// # Replies
impl Session {
    /// Replies with a text.
    pub fn reply(&self, text: &str) {
        unsafe { raw::reply(text.as_ptr(), text.len()) }
    }

    /// Adds text to the reply in progress, and begins one if there is none. Users see it
    /// while it is made; the next other reply, or the handler's end, ends it.
    pub fn reply_delta(&self, text: &str) {
        unsafe { raw::reply_delta(text.as_ptr(), text.len()) }
    }

    /// Ends the reply in progress, if there is one.
    pub fn reply_end(&self) {
        unsafe { raw::reply_end() }
    }

    /// Replies with options to choose from, whose values are their labels.
    pub fn reply_options<T: AsRef<str>>(&self, labels: &[T]) {
        options(labels.iter().map(|label| quote(label.as_ref())))
    }

    /// Replies with options to choose from, each a label and a value.
    pub fn reply_choices<T: AsRef<str>>(&self, choices: &[(T, T)]) {
        options(choices.iter().map(|(label, value)| {
            format!(r#"{{"label":{},"value":{}}}"#, quote(label.as_ref()), quote(value.as_ref()))
        }))
    }

    /// Replies in Markdown.
    pub fn reply_markdown(&self, text: &str) {
        self.reply_as("markdown", text)
    }

    /// Replies in HTML.
    pub fn reply_html(&self, html: &str) {
        self.reply_as("html", html)
    }

    /// Replies with a place on a map, in degrees.
    pub fn reply_location(&self, latitude: f64, longitude: f64) {
        self.reply_as("location", &format!(r#"{{"latitude":{latitude},"longitude":{longitude}}}"#))
    }

    /// Replies with any kind of the contract, such as `dataframe` with a body of JSON.
    pub fn reply_as(&self, kind: &str, body: &str) {
        unsafe { raw::reply_as(kind.as_ptr(), kind.len(), body.as_ptr(), body.len()) }
    }

    /// Replies with a file; with an image or audio if the MIME type is one of these.
    pub fn reply_file(&self, name: &str, mime: &str, data: &[u8]) {
        unsafe {
            raw::reply_file(
                name.as_ptr(),
                name.len(),
                mime.as_ptr(),
                mime.len(),
                data.as_ptr(),
                data.len(),
            )
        }
    }
}

/// # State
impl Session {
    /// Returns a variable of the session.
    pub fn get(&self, key: &str) -> Option<String> {
        pull_text(|buf, cap| unsafe { raw::session_get(key.as_ptr(), key.len(), buf, cap) })
    }

    /// Sets a variable of the session.
    pub fn set(&self, key: &str, value: &str) {
        unsafe { raw::session_set(key.as_ptr(), key.len(), value.as_ptr(), value.len()) }
    }

    /// Removes a variable of the session.
    pub fn delete(&self, key: &str) {
        unsafe { raw::session_delete(key.as_ptr(), key.len()) }
    }

    /// Returns a variable that is a whole number.
    pub fn get_int(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// Sets a variable to a whole number.
    pub fn set_int(&self, key: &str, value: i64) {
        self.set(key, &value.to_string())
    }

    /// Returns where the session stands, or will stand after [`Session::go_to`].
    pub fn state(&self) -> String {
        pull_text(|buf, cap| unsafe { raw::state(buf, cap) }).unwrap_or_default()
    }

    /// Goes to a state when the handler has returned.
    pub fn go_to(&self, state: &str) {
        unsafe { raw::r#move(state.as_ptr(), state.len()) }
    }

    /// Goes back to the state from which a global one was reached.
    pub fn go_back(&self) {
        self.go_to("@previous")
    }

    /// Returns the newest n entries of the log as JSON, oldest first.
    pub fn history(&self, n: u32) -> String {
        pull_text(|buf, cap| unsafe { raw::history(n, buf, cap) }).unwrap_or_default()
    }
}

/// # Later
impl Session {
    /// Sets a timer, in the place of one of the same name; it comes as an event.
    pub fn set_timer(&self, name: &str, delay_ms: i64, data: &str) {
        unsafe { raw::timer_set(name.as_ptr(), name.len(), delay_ms, data.as_ptr(), data.len()) }
    }

    /// Removes a timer.
    pub fn cancel_timer(&self, name: &str) {
        unsafe { raw::timer_cancel(name.as_ptr(), name.len()) }
    }

    /// Makes a request (JSON) after the turn; the answer comes as an event.
    pub fn http(&self, name: &str, request: &str) {
        unsafe { raw::http_start(name.as_ptr(), name.len(), request.as_ptr(), request.len()) }
    }
}

fn options(choices: impl Iterator<Item = String>) {
    let json = format!("[{}]", crate::join(choices));
    unsafe { raw::reply_options(json.as_ptr(), json.len()) }
}

/// Returns a text as a string of JSON.
pub fn quote(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\x1f' => json.push_str(&format!("\\u{:04x}", c as u32)),
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}
