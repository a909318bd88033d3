//! States and transitions. They become the definition, which the host checks: what is
//! wrong in it is told with its place when the bot is loaded.

use crate::{quote, Bot, Outcome, Session};

impl Bot {
    /// Declares the bot's dialog, which becomes its definition.
    pub fn dialog(&mut self, declare: impl FnOnce(&mut Dialog)) -> &mut Self {
        let mut d = Dialog::default();
        declare(&mut d);
        for s in &mut d.states { s.enter.take().map(|enter| self.enter(&s.name, enter)); }
        for (name, holds) in d.guards.drain(..) { self.guard(&name, holds); }
        self.define(d)
    }
}

/// What a bot declares about itself and its conversations.
#[derive(Default)] pub struct Dialog {
    fields: String,
    intents: Vec<String>,
    entities: Vec<String>,
    states: Vec<State>,
    guards: Vec<(String, Box<dyn Fn(&Session) -> bool>)>,
}

impl ToString for Dialog {
    fn to_string(&self) -> String {
        let (intents, entities) = (self.intents.join(","), self.entities.join(","));
        let (fields, states) = (&self.fields, commas(self.states.iter().map(State::json)));
        format!(r#"{{{fields}"intents":[{intents}],"entities":[{entities}],"states":[{states}]}}"#)
    }
}

impl Dialog {
    /// Adds a field of the definition, such as `language` or `limits`, in JSON.
    pub fn field(&mut self, name: &str, json: &str) -> &mut Self {
        self.fields += &format!("{}:{json},", quote(name));
        self
    }

    /// Sets name and version, which operators see.
    pub fn name(&mut self, name: &str, version: &str) -> &mut Self {
        self.field("name", &quote(name)).field("version", &quote(version))
    }

    /// Declares an intent by examples of how people say it.
    pub fn intent(&mut self, name: &str, texts: &[&str]) -> &mut Self {
        self.intents.push(format!(r#"{{"name":{},"examples":[{}]}}"#, quote(name), quotes(texts)));
        self
    }

    /// Declares an entity, whose values the slots of intents take: each with the other words
    /// that people have for it.
    pub fn entity(&mut self, name: &str, values: &[(&str, &[&str])]) -> &mut Self {
        let f = |v: &(_, _)| format!(r#"{{"value":{},"synonyms":[{}]}}"#, quote(v.0), quotes(v.1));
        let values = commas(values.iter().map(f));
        self.entities.push(format!(r#"{{"name":{},"values":[{values}]}}"#, quote(name)));
        self
    }

    /// Declares the state in which sessions begin.
    pub fn initial(&mut self, name: &str) -> &mut State { self.state(name).set("initial", "true") }

    /// Declares a state, or goes on with one that was declared.
    pub fn state(&mut self, name: &str) -> &mut State {
        if !self.states.iter().any(|s| s.name == name) {
            self.states.push(State { name: name.to_string(), ..State::default() });
        }
        self.states.iter_mut().find(|s| s.name == name).unwrap()
    }

    /// Answers the guard of this name, which transitions ask.
    pub fn guard(&mut self, name: &str, f: impl Fn(&Session) -> bool + 'static) -> &mut Self {
        self.guards.push((name.to_string(), Box::new(f)));
        self
    }
}

/// A place in the conversation.
#[derive(Default)] pub struct State {
    name: String,
    fields: String,
    transitions: Vec<String>,
    enter: Option<Box<dyn Fn(&Session) -> Outcome>>,
}

impl State {
    /// Lets all other states lead here.
    pub fn global(&mut self, on: impl Into<When>) -> &mut Self {
        self.set("global", &format!("{{{}}}", on.into().json()))
    }

    /// Names what the state was called in earlier versions of the bot.
    pub fn was(&mut self, names: &[&str]) -> &mut Self {
        self.set("was", &format!("[{}]", quotes(names)))
    }

    /// Looks at conditions again so often while nothing happens.
    pub fn recheck(&mut self, ms: i64) -> &mut Self { self.set("recheck_ms", &ms.to_string()) }

    /// Sets what runs when the state is entered.
    pub fn enter<R: Into<Outcome>>(&mut self, f: impl Fn(&Session) -> R + 'static) -> &mut Self {
        self.enter = Some(Box::new(move |s| f(s).into()));
        self
    }

    /// Begins a transition. They are tried in their order.
    pub fn when(&mut self, on: impl Into<When>) -> Transition<'_> { Transition(self, on.into()) }

    /// Leads on at once.
    pub fn go_to(&mut self, to: &str) -> &mut Self { self.when(on("auto", "true")).go_to(to) }

    /// Leads back at once, to the state from which a global one was reached.
    pub fn go_back(&mut self) -> &mut Self { self.go_to("@previous") }

    fn set(&mut self, name: &str, json: &str) -> &mut Self {
        self.fields += &format!(r#""{name}":{json},"#);
        self
    }

    fn json(&self) -> String {
        let (name, transitions) = (quote(&self.name), self.transitions.join(","));
        format!(r#"{{"name":{name},{}"transitions":[{transitions}]}}"#, self.fields)
    }
}

/// A transition that has no target yet.
#[must_use] pub struct Transition<'a>(&'a mut State, When);

impl<'a> Transition<'a> {
    /// Adds a condition, which must hold too.
    pub fn and(mut self, c: Condition) -> Self { self.1.when.push(c.0); self }

    /// Adds a guard, which [`Dialog::guard`] answers.
    pub fn guard(mut self, name: &str) -> Self { self.1.guard.push(quote(name)); self }

    /// Ends the transition in a state, and goes on with the one that it leads from.
    pub fn go_to(self, state: &str) -> &'a mut State {
        self.0.transitions.push(format!(r#"{{{},"to":{}}}"#, self.1.json(), quote(state)));
        self.0
    }

    /// Ends the transition in the state from which a global one was reached.
    pub fn go_back(self) -> &'a mut State { self.go_to("@previous") }
}

/// When a transition is taken: a trigger, a condition, or both.
#[derive(Default)] pub struct When { trigger: String, when: Vec<String>, guard: Vec<String> }

impl When {
    /// Asks that all files have one of these types, such as `image/*`.
    pub fn types(mut self, types: &[&str]) -> Self {
        self.trigger += &format!(r#""file_types":[{}],"#, quotes(types));
        self
    }

    fn json(&self) -> String {
        let (when, guard) = (self.when.join(","), self.guard.join(","));
        format!(r#"{}"when":[{when}],"guard":[{guard}]"#, self.trigger)
    }
}

impl From<Condition> for When {
    fn from(c: Condition) -> Self { When { when: vec![c.0], ..When::default() } }
}

fn on(trigger: &str, json: &str) -> When {
    When { trigger: format!(r#""{trigger}":{json},"#), ..When::default() }
}

/// A text with this intent.
pub fn intent(name: &str) -> When { on("intent", &quote(name)) }

/// A text with none of the intents that transitions name here.
pub fn no_intent() -> When { on("no_intent", "true") }

/// Any text.
pub fn any_text() -> When { on("message", "true") }

/// This option, chosen or said.
pub fn chosen(value: &str) -> When { on("option", &quote(value)) }

/// Any files.
pub fn any_file() -> When { on("file", "true") }

/// Any voice message.
pub fn any_voice() -> When { on("voice", "true") }

/// Any JSON message.
pub fn any_json() -> When { event("json") }

/// A timer, an answer to a request or a custom event of this name.
pub fn event(name: &str) -> When { on("event", &quote(name)) }

/// The user being quiet here for so long.
pub fn after(ms: i64) -> When { on("after_ms", &ms.to_string()) }

/// Anything that a user, a program or the bot itself caused.
pub fn any_event() -> When { on("any", "true") }

/// A condition on a variable of the session.
pub struct Condition(String);

/// A variable that a condition looks at.
pub struct Var(String);

/// Looks at a variable of the session.
pub fn var(name: &str) -> Var { Var(quote(name)) }

impl Var {
    /// Holds if the variable is the value.
    pub fn is(self, value: impl Value) -> Condition { self.holds("==", &value.json()) }

    /// Holds if the variable is another value, or not set.
    pub fn is_not(self, value: impl Value) -> Condition { self.holds("!=", &value.json()) }

    /// Holds if the variable comes after the value.
    pub fn above(self, value: impl Value) -> Condition { self.holds(">", &value.json()) }

    /// Holds if the variable comes after the value, or is it.
    pub fn at_least(self, value: impl Value) -> Condition { self.holds(">=", &value.json()) }

    /// Holds if the variable comes before the value.
    pub fn below(self, value: impl Value) -> Condition { self.holds("<", &value.json()) }

    /// Holds if the variable comes before the value, or is it.
    pub fn at_most(self, value: impl Value) -> Condition { self.holds("<=", &value.json()) }

    /// Holds if the value stands somewhere in the variable.
    pub fn contains(self, value: impl Value) -> Condition { self.holds("contains", &value.json()) }

    /// Holds if a pattern of RE2 finds something in the variable.
    pub fn matches(self, value: impl Value) -> Condition { self.holds("matches", &value.json()) }

    /// Holds if the variable is one of the values.
    pub fn is_in(self, values: &[impl Value]) -> Condition {
        self.holds("in", &format!("[{}]", commas(values.iter().map(Value::json))))
    }

    /// Holds if the variable is set.
    pub fn is_set(self) -> Condition { self.holds("!=", "null") }

    /// Holds if the variable is not set.
    pub fn is_unset(self) -> Condition { self.holds("==", "null") }

    fn holds(self, op: &str, value: &str) -> Condition {
        Condition(format!(r#"{{"var":{},"op":"{op}","value":{value}}}"#, self.0))
    }
}

/// What a variable is compared with: texts as texts, numbers as numbers.
pub trait Value { fn json(&self) -> String; }
impl Value for &str { fn json(&self) -> String { quote(self) } }
impl Value for bool { fn json(&self) -> String { self.to_string() } }
impl Value for i32 { fn json(&self) -> String { self.to_string() } }
impl Value for i64 { fn json(&self) -> String { self.to_string() } }
impl Value for f64 { fn json(&self) -> String { self.to_string() } }

fn commas(items: impl Iterator<Item = String>) -> String { items.collect::<Vec<_>>().join(",") }

fn quotes(texts: &[&str]) -> String { commas(texts.iter().map(|text| quote(text))) }
