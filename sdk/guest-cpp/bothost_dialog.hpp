// Declares dialogs: a part of the SDK that a bot may leave out.
//
//	BOTHOST_BOT(b) {
//		Dialog d(b);
//		d.name("tea", "1.0.0");
//		d.initial("start").when(any_text()).go_to("asked");
//		d.state("asked").enter([](Session& s) { s.reply("Tea?"); });
//	}
//
// What is declared is the bot's when the block ends.
#pragma once

#include <cstdio>
#include <list>

#include "bothost.hpp"

namespace bothost {

// Adds an item, in pieces, to what stands between two brackets of JSON.
inline void add_(string& items, Texts pieces) {
    if (!items.empty()) items += ',';
    for (const auto piece : pieces) items += piece;
}

// What a variable is compared with.
struct Value {
    string json;
    Value(const char* text) : json(quote(text)) {}
    Value(string_view text) : json(quote(text)) {}
    Value(bool holds) : json(holds ? "true" : "false") {}
    Value(int number) : json(std::to_string(number)) {}
    Value(int64_t number) : json(std::to_string(number)) {}
    Value(double n) : json(32, ' ') { json.resize(std::snprintf(json.data(), 32, "%.15g", n)); }
};

// A condition on a variable of the session.
struct Condition { string json; };

// A variable that a condition looks at: Var("age").at_least(18).
class Var {
    string name;
    Condition is_so(const char* op, const string& value) const {
        return {"{\"var\":" + name + ",\"op\":\"" + op + "\",\"value\":" + value + "}"};
    }

public:
    explicit Var(string_view name) : name(quote(name)) {}
    Condition is(const Value& v) const { return is_so("==", v.json); }
    Condition is_not(const Value& v) const { return is_so("!=", v.json); }
    Condition above(const Value& v) const { return is_so(">", v.json); }
    Condition at_least(const Value& v) const { return is_so(">=", v.json); }
    Condition below(const Value& v) const { return is_so("<", v.json); }
    Condition at_most(const Value& v) const { return is_so("<=", v.json); }
    Condition contains(string_view text) const { return is_so("contains", quote(text)); }
    Condition matches(string_view pattern) const { return is_so("matches", quote(pattern)); }
    Condition is_in(std::initializer_list<Value> values) const {
        return is_so("in", array_(values, [](const Value& v) { return v.json; }));
    }
    Condition is_set() const { return is_so("!=", "null"); }
    Condition is_unset() const { return is_so("==", "null"); }
};

// When a transition is taken: a trigger, a condition, or both.
class When {
    string trigger, conditions, guards;

public:
    When(string_view name, string_view json) { add_(trigger, {"\"", name, "\":", json}); }
    When(const Condition& c) : conditions(c.json) {}
    When& and_(const Condition& c) { return add_(conditions, {c.json}), *this; }
    When& guard(string_view name) { return add_(guards, {quote(name)}), *this; }
    // All files have one of these types, such as image/*.
    When& types(Texts of) { return add_(trigger, {"\"file_types\":", array_(of, quote)}), *this; }
    string json() const {
        string all = trigger;
        if (!conditions.empty()) add_(all, {"\"when\":[", conditions, "]"});
        if (!guards.empty()) add_(all, {"\"guard\":[", guards, "]"});
        return all;
    }
};

inline When intent(string_view name) { return {"intent", quote(name)}; }
inline When no_intent() { return {"no_intent", "true"}; }
inline When any_text() { return {"message", "true"}; }
inline When chosen(string_view value) { return {"option", quote(value)}; }
inline When any_file() { return {"file", "true"}; }
inline When any_voice() { return {"voice", "true"}; }
inline When event(string_view name) { return {"event", quote(name)}; }
inline When any_json() { return event("json"); }
inline When after(int64_t ms) { return {"after_ms", std::to_string(ms)}; }
inline When any_event() { return {"any", "true"}; }

// A place in the conversation.
class State {
    friend class Dialog;
    Bot& bot;
    string name, fields, transitions;
    State& with(string_view name, string_view json) {
        return add_(fields, {"\"", name, "\":", json}), *this;
    }

public:
    State(Bot& bot, string_view name) : bot(bot), name(name) { with("name", quote(name)); }

    // A transition that has no target yet.
    struct Transition {
        State& state;
        When when;
        Transition& and_(const Condition& c) { return when.and_(c), *this; }
        // Asks a guard, which Dialog::guard answers.
        Transition& guard(string_view guard) { return when.guard(guard), *this; }
        // Ends the transition, and goes on with the state that it leads from.
        State& go_to(string_view to) {
            add_(state.transitions, {"{", when.json(), ",\"to\":", quote(to), "}"});
            return state;
        }
        State& go_back() { return go_to("@previous"); }
    };

    // Sets what runs when the state is entered.
    State& enter(Handler h) { return bot.enter(name, h), *this; }
    // Begins a transition. They are tried in their order.
    Transition when(When w) { return {*this, std::move(w)}; }
    // Leads on at once.
    State& go_to(string_view to) { return when({"auto", "true"}).go_to(to); }
    State& go_back() { return go_to("@previous"); }
    // Lets all other states lead here.
    State& global(const When& w) { return with("global", "{" + w.json() + "}"); }
    // Names what the state was called in earlier versions of the bot.
    State& was(Texts names) { return with("was", array_(names, quote)); }
    // Looks at conditions again so often while nothing happens.
    State& recheck(int64_t ms) { return with("recheck_ms", std::to_string(ms)); }
};

// A thing that users name, in all the words that they have for it.
class Entity {
    friend class Dialog;
    string name, values;

public:
    explicit Entity(string_view name) : name(quote(name)) {}
    Entity& value(string_view value, Texts synonyms = {}) {
        const string all = array_(synonyms, quote);
        add_(values, {"{\"value\":", quote(value), ",\"synonyms\":", all, "}"});
        return *this;
    }
};

// Declares the dialog of a bot, which has one.
class Dialog {
    Bot& bot;
    string fields, intents;
    std::list<Entity> entities;
    std::list<State> states;

public:
    explicit Dialog(Bot& bot) : bot(bot) {}
    Dialog(const Dialog&) = delete;
    // Describes the bot, when it is asked to: most instances never are.
    ~Dialog() {
        bot.on("describe", [fields = std::move(fields), intents = std::move(intents),
                            entities = std::move(entities), states = std::move(states)](Session&) {
            string things, places, all = fields;
            for (const auto& e : entities)
                add_(things, {"{\"name\":", e.name, ",\"values\":[", e.values, "]}"});
            for (const auto& s : states)
                add_(places, {"{", s.fields, ",\"transitions\":[", s.transitions, "]}"});
            if (!intents.empty()) add_(all, {"\"intents\":[", intents, "]"});
            if (!things.empty()) add_(all, {"\"entities\":[", things, "]"});
            if (!places.empty()) add_(all, {"\"states\":[", places, "]"});
            bothost_output(("{" + all + "}").c_str());
        });
    }

    // Sets name and version, which operators see.
    Dialog& name(string_view name, string_view version) {
        return field("name", quote(name)).field("version", quote(version));
    }
    // Adds a field of the definition, such as language or limits, in JSON.
    Dialog& field(string_view name, string_view json) {
        return add_(fields, {quote(name), ":", json}), *this;
    }
    // Declares an intent by examples of how people say it.
    Dialog& intent(string_view name, Texts examples) {
        const string all = array_(examples, quote);
        return add_(intents, {"{\"name\":", quote(name), ",\"examples\":", all, "}"}), *this;
    }
    // Declares an entity, whose values the slots of intents take.
    Entity& entity(string_view name) { return entities.emplace_back(name); }
    // Declares a state, or goes on with one that was declared.
    State& state(string_view name) {
        for (auto& s : states)
            if (s.name == name) return s;
        return states.emplace_back(bot, name);
    }
    // Declares the state in which sessions begin.
    State& initial(string_view name) { return state(name).with("initial", "true"); }
    // Answers the guard of this name, which transitions ask.
    template <class F> Dialog& guard(string_view name, F holds) {
        return bot.guard(name, std::move(holds)), *this;
    }
};

}  // namespace bothost
