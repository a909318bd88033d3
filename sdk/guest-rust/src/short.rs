//! Shorter words for what bots do often.

use crate::{log, quote, Session};

/// # What was said
impl Session {
    /// Returns the event's text, also in the state that it led to.
    pub fn message(&self) -> Option<String> { self.event_get("text") }

    /// Returns the name of the intent that the text has.
    pub fn intent(&self) -> Option<String> { self.event_get("intent.name") }

    /// Returns a parameter of the intent.
    pub fn param(&self, name: &str) -> Option<String> {
        self.event_get(&format!("intent.params.{name}"))
    }

    /// Returns a whole file of the event.
    pub fn file(&self, index: u32) -> Option<Vec<u8>> {
        let size = self.event_get(&format!("files.{index}.size"))?.parse().ok()?;
        let mut bytes = vec![0; size];
        let n = self.file_read(index, 0, &mut bytes)?;
        bytes.truncate(n);
        Some(bytes)
    }
}

/// # Replies
impl Session {
    /// Replies with options to choose from, each a label and a value.
    pub fn reply_choices<T: AsRef<str>>(&self, choices: &[(T, T)]) {
        let choices = choices.iter().map(|(label, value)| {
            format!(r#"{{"label":{},"value":{}}}"#, quote(label.as_ref()), quote(value.as_ref()))
        });
        self.reply_as("options", &format!("[{}]", choices.collect::<Vec<_>>().join(",")))
    }

    /// Replies in Markdown.
    pub fn reply_markdown(&self, text: &str) { self.reply_as("markdown", text) }

    /// Replies in HTML.
    pub fn reply_html(&self, html: &str) { self.reply_as("html", html) }

    /// Replies with a place on a map, in degrees.
    pub fn reply_location(&self, latitude: f64, longitude: f64) {
        self.reply_as("location", &format!(r#"{{"latitude":{latitude},"longitude":{longitude}}}"#))
    }
}

/// # State
impl Session {
    /// Returns a variable that is a whole number.
    pub fn get_int(&self, key: &str) -> Option<i64> { self.get(key)?.parse().ok() }

    /// Sets a variable to a whole number.
    pub fn set_int(&self, key: &str, value: i64) { self.set(key, &value.to_string()) }

    /// Goes back to the state from which a global one was reached.
    pub fn go_back(&self) { self.go_to("@previous") }
}

/// Logs a line for those who look for faults.
pub fn debug(line: &str) { log(0, line) }

/// Logs a line for the operator.
pub fn info(line: &str) { log(1, line) }

/// Logs what the operator should look at.
pub fn warn(line: &str) { log(2, line) }

/// Logs what went wrong.
pub fn error(line: &str) { log(3, line) }
