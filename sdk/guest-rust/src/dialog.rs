//! States and transitions. They become the definition, which the host checks: what is
//! wrong in it is told with its place when the bot is loaded.

use crate::{quote, Handler, Outcome, Session};

/// A thing that users name, in all the words that they have for it.
pub struct Entity {
    name: String,
    values: Vec<String>,
}

impl Entity {
    pub(crate) fn new(name: &str) -> Self {
        Entity { name: name.to_string(), values: Vec::new() }
    }

    /// Adds a value and other words for it.
    pub fn value(&mut self, value: &str, synonyms: &[&str]) -> &mut Self {
        let synonyms = join(synonyms.iter().map(|s| quote(s)));
        let value = quote(value);
        self.values.push(format!(r#"{{"value":{value},"synonyms":[{synonyms}]}}"#));
        self
    }

    pub(crate) fn json(&self) -> String {
        format!(r#"{{"name":{},"values":[{}]}}"#, quote(&self.name), self.values.join(","))
    }
}

/// A place in the conversation.
pub struct State {
    pub(crate) name: String,
    pub(crate) enter: Option<Handler>,
    fields: Vec<String>,
    transitions: Vec<String>,
}

impl State {
    pub(crate) fn new(name: &str) -> Self {
        State { name: name.to_string(), enter: None, fields: Vec::new(), transitions: Vec::new() }
    }

    pub(crate) fn with(&mut self, field: &str) -> &mut Self {
        self.fields.push(field.to_string());
        self
    }

    /// Sets what runs when the state is entered.
    pub fn enter<R: Into<Outcome>>(&mut self, f: impl Fn(&Session) -> R + 'static) -> &mut Self {
        self.enter = Some(Box::new(move |s| f(s).into()));
        self
    }

    /// Begins a transition. They are tried in their order.
    pub fn when(&mut self, when: impl Into<When>) -> Transition<'_> {
        Transition { state: self, when: when.into() }
    }

    /// Leads on at once.
    pub fn go_to(&mut self, state: &str) -> &mut Self {
        self.when(trigger("auto", "true")).go_to(state)
    }

    /// Leads back at once, to the state from which a global one was reached.
    pub fn go_back(&mut self) -> &mut Self {
        self.go_to("@previous")
    }

    /// Lets all other states lead here.
    pub fn global(&mut self, when: impl Into<When>) -> &mut Self {
        let when = when.into().json();
        self.with(&format!("\"global\":{{{when}}}"))
    }

    /// Names what the state was called in earlier versions of the bot.
    pub fn was(&mut self, names: &[&str]) -> &mut Self {
        self.with(&format!("\"was\":[{}]", join(names.iter().map(|n| quote(n)))))
    }

    /// Looks at conditions again so often while nothing happens.
    pub fn recheck(&mut self, ms: i64) -> &mut Self {
        self.with(&format!("\"recheck_ms\":{ms}"))
    }

    pub(crate) fn json(&self) -> String {
        let mut fields = vec![format!("\"name\":{}", quote(&self.name))];
        fields.extend_from_slice(&self.fields);
        fields.push(format!("\"transitions\":[{}]", self.transitions.join(",")));
        format!("{{{}}}", fields.join(","))
    }
}

/// A transition that has no target yet.
pub struct Transition<'a> {
    state: &'a mut State,
    when: When,
}

impl<'a> Transition<'a> {
    /// Adds a condition, which must hold too.
    pub fn and(mut self, condition: Condition) -> Self {
        self.when.conditions.push(condition.0);
        self
    }

    /// Adds a guard, which [`crate::Bot::guard`] answers.
    pub fn guard(mut self, name: &str) -> Self {
        self.when.guards.push(quote(name));
        self
    }

    /// Ends the transition in a state, and goes on with the one that it leads from.
    pub fn go_to(self, state: &str) -> &'a mut State {
        let when = self.when.json();
        let comma = if when.is_empty() { "" } else { "," };
        self.state.transitions.push(format!("{{{}{}\"to\":{}}}", when, comma, quote(state)));
        self.state
    }

    /// Ends the transition in the state from which a global one was reached.
    pub fn go_back(self) -> &'a mut State {
        self.go_to("@previous")
    }
}

/// When a transition is taken: a trigger, a condition, or both.
#[derive(Default)]
pub struct When {
    trigger: String,
    conditions: Vec<String>,
    guards: Vec<String>,
}

impl When {
    /// Asks that all files have one of these types, such as `image/*`.
    pub fn types(mut self, types: &[&str]) -> Self {
        let types = join(types.iter().map(|t| quote(t)));
        self.trigger += &format!(",\"file_types\":[{types}]");
        self
    }

    fn json(&self) -> String {
        let mut fields = Vec::new();
        if !self.trigger.is_empty() {
            fields.push(self.trigger.clone());
        }
        if !self.conditions.is_empty() {
            fields.push(format!("\"when\":[{}]", self.conditions.join(",")));
        }
        if !self.guards.is_empty() {
            fields.push(format!("\"guard\":[{}]", self.guards.join(",")));
        }
        fields.join(",")
    }
}

impl From<Condition> for When {
    fn from(c: Condition) -> Self {
        When { conditions: vec![c.0], ..When::default() }
    }
}

fn trigger(name: &str, json: &str) -> When {
    When { trigger: format!("\"{name}\":{json}"), ..When::default() }
}

/// A text with this intent.
pub fn intent(name: &str) -> When {
    trigger("intent", &quote(name))
}

/// A text with none of the intents that transitions name here.
pub fn no_intent() -> When {
    trigger("no_intent", "true")
}

/// Any text.
pub fn any_text() -> When {
    trigger("message", "true")
}

/// This option, chosen or said.
pub fn chosen(value: &str) -> When {
    trigger("option", &quote(value))
}

/// Any files.
pub fn any_file() -> When {
    trigger("file", "true")
}

/// Any voice message.
pub fn any_voice() -> When {
    trigger("voice", "true")
}

/// Any JSON message.
pub fn any_json() -> When {
    event("json")
}

/// A timer, an answer to a request or a custom event of this name.
pub fn event(name: &str) -> When {
    trigger("event", &quote(name))
}

/// The user being quiet here for so long.
pub fn after(ms: i64) -> When {
    trigger("after_ms", &ms.to_string())
}

/// Anything that a user, a program or the bot itself caused.
pub fn any_event() -> When {
    trigger("any", "true")
}

/// A condition on a variable of the session.
pub struct Condition(String);

/// A variable that a condition looks at.
pub struct Var(String);

/// Looks at a variable of the session.
pub fn var(name: &str) -> Var {
    Var(quote(name))
}

/// What a variable is compared with: texts as texts, numbers as numbers.
pub trait Value {
    fn json(&self) -> String;
}

impl Value for &str {
    fn json(&self) -> String {
        quote(self)
    }
}

macro_rules! values {
    ($($type:ty)*) => { $(impl Value for $type {
        fn json(&self) -> String {
            self.to_string()
        }
    })* };
}

values!(bool i32 i64 f64);

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident $op:literal)*) => {
        impl Var {
            $($(#[$doc])* pub fn $name(self, value: impl Value) -> Condition {
                self.compares($op, &value.json())
            })*
        }
    };
}

operators! {
    /// Holds if the variable is the value.
    is "=="
    /// Holds if the variable is another value, or not set.
    is_not "!="
    /// Holds if the variable comes after the value.
    above ">"
    /// Holds if the variable comes after the value, or is it.
    at_least ">="
    /// Holds if the variable comes before the value.
    below "<"
    /// Holds if the variable comes before the value, or is it.
    at_most "<="
    /// Holds if the value stands somewhere in the variable.
    contains "contains"
    /// Holds if a pattern of RE2 finds something in the variable.
    matches "matches"
}

impl Var {
    /// Holds if the variable is one of the values.
    pub fn is_in(self, values: &[impl Value]) -> Condition {
        let values = join(values.iter().map(Value::json));
        self.compares("in", &format!("[{values}]"))
    }

    /// Holds if the variable is set.
    pub fn is_set(self) -> Condition {
        self.compares("!=", "null")
    }

    /// Holds if the variable is not set.
    pub fn is_unset(self) -> Condition {
        self.compares("==", "null")
    }

    fn compares(self, op: &str, value: &str) -> Condition {
        Condition(format!(r#"{{"var":{},"op":"{}","value":{}}}"#, self.0, op, value))
    }
}

/// Puts commas between pieces of JSON.
pub fn join(pieces: impl Iterator<Item = String>) -> String {
    pieces.collect::<Vec<_>>().join(",")
}
