// Write a bot for bothost in C++20, over libc++ without exceptions.
//
//	#include "bothost.hpp"
//	using namespace bothost;
//
//	BOTHOST_BOT(b) {
//		b.on_message([](Session& s) { s.reply(s.text()); });
//	}
//
// There is no state here: what a later turn needs goes to the session, since the host
// takes any of its instances for the next turn. Texts are UTF-8, in std::string and
// std::string_view, and the host copies them during the call. An argument that breaks a
// rule of the contract ends the turn, with words for the operator: no call here throws
// or returns an error.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bothost {

using std::optional;
using std::string;
using std::string_view;

// What the host offers, as it is imported.
namespace raw {
#define BOTHOST_IMPORT(name) __attribute__((import_module("bothost_v1"), import_name(#name)))
extern "C" {
BOTHOST_IMPORT(input) int32_t bothost_input(char* buf, size_t cap);
BOTHOST_IMPORT(output) void bothost_output(const char* ptr, size_t len);
BOTHOST_IMPORT(fail) void bothost_fail(const char* ptr, size_t len);
BOTHOST_IMPORT(log) void bothost_log(uint32_t level, const char* ptr, size_t len);
BOTHOST_IMPORT(event) int32_t bothost_event(char* buf, size_t cap);
BOTHOST_IMPORT(event_get)
int32_t bothost_event_get(const char* path, size_t pathlen, char* buf, size_t cap);
BOTHOST_IMPORT(reply) void bothost_reply(const char* ptr, size_t len);
BOTHOST_IMPORT(reply_options) void bothost_reply_options(const char* ptr, size_t len);
BOTHOST_IMPORT(reply_as)
void bothost_reply_as(const char* kind, size_t kindlen, const char* body, size_t bodylen);
BOTHOST_IMPORT(reply_file)
void bothost_reply_file(const char* name, size_t namelen, const char* mime, size_t mimelen,
                        const void* data, size_t datalen);
BOTHOST_IMPORT(reply_delta) void bothost_reply_delta(const char* ptr, size_t len);
BOTHOST_IMPORT(reply_end) void bothost_reply_end();
BOTHOST_IMPORT(session_get)
int32_t bothost_session_get(const char* key, size_t keylen, char* buf, size_t cap);
BOTHOST_IMPORT(session_set)
void bothost_session_set(const char* key, size_t keylen, const char* val, size_t vallen);
BOTHOST_IMPORT(session_delete) void bothost_session_delete(const char* key, size_t keylen);
BOTHOST_IMPORT(state) int32_t bothost_state(char* buf, size_t cap);
BOTHOST_IMPORT(move) void bothost_move(const char* ptr, size_t len);
BOTHOST_IMPORT(history) int32_t bothost_history(uint32_t n, char* buf, size_t cap);
BOTHOST_IMPORT(file_read)
int32_t bothost_file_read(uint32_t index, int64_t offset, void* buf, size_t cap);
BOTHOST_IMPORT(timer_set)
void bothost_timer_set(const char* name, size_t namelen, int64_t delay_ms, const char* data,
                       size_t datalen);
BOTHOST_IMPORT(timer_cancel) void bothost_timer_cancel(const char* name, size_t namelen);
BOTHOST_IMPORT(http_start)
void bothost_http_start(const char* name, size_t namelen, const char* request,
                        size_t requestlen);
BOTHOST_IMPORT(config_get)
int32_t bothost_config_get(const char* key, size_t keylen, char* buf, size_t cap);
BOTHOST_IMPORT(asset) int32_t bothost_asset(char* buf, size_t cap);
BOTHOST_IMPORT(now) int64_t bothost_now();
BOTHOST_IMPORT(random) void bothost_random(void* buf, size_t len);
}
#undef BOTHOST_IMPORT

// Reads a value of any length. Most fit at once; one that does not is asked for again
// with room for all of it.
template <class Read> optional<string> pull(Read read) {
    string value(256, '\0');
    for (;;) {
        const int32_t n = read(value.data(), value.size());
        if (n < 0) return std::nullopt;
        const bool whole = static_cast<size_t>(n) <= value.size();
        value.resize(static_cast<size_t>(n));
        if (whole) return value;
    }
}
}  // namespace raw

// The host: of use in handlers and while a bot is declared.

enum class Level : uint32_t { debug, info, warn, error };

inline void log(Level level, string_view line) {
    raw::bothost_log(static_cast<uint32_t>(level), line.data(), line.size());
}
inline void info(string_view line) { log(Level::info, line); }
inline void warn(string_view line) { log(Level::warn, line); }

// Returns the operator's configuration for this bot.
inline optional<string> config(string_view key) {
    return raw::pull([&](char* buf, size_t cap) {
        return raw::bothost_config_get(key.data(), key.size(), buf, cap);
    });
}

// Returns the custom section bothost.asset.
inline optional<string> asset() { return raw::pull(raw::bothost_asset); }

// Returns the turn's time in milliseconds since 1970 UTC. It stands still within a turn.
inline int64_t now() { return raw::bothost_now(); }

// Returns random bytes, fit for secrets, as a number. It is not called random, as a
// function of the libc is.
template <class T = uint64_t> T random_number() {
    static_assert(std::is_integral_v<T> && !std::is_same_v<T, bool>);
    T value;
    raw::bothost_random(&value, sizeof value);
    return value;
}

// Ends the turn: the operator reads the words, the place, and which functions called
// which.
[[noreturn, gnu::noinline]] inline void panic(
    string_view words, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log(Level::error, string(words) + " at " + file + ":" + std::to_string(line));
    __builtin_trap();
}

// Returns a text as a string of JSON.
inline string quote(string_view text) {
    string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        if (static_cast<unsigned char>(c) >= ' ') {
            json += c;
            continue;
        }
        const char* digits = "0123456789abcdef";
        json.append("\\u00").append(1, digits[c >> 4]).append(1, digits[c & 15]);
    }
    return json += '"';
}

// Returns a number in JSON, with as many digits as it has.
inline string number(double value) {
    char digits[32];
    return {digits, static_cast<size_t>(std::snprintf(digits, sizeof digits, "%.15g", value))};
}

// Puts commas between pieces of JSON.
template <class List, class Json> string join(const List& list, Json json) {
    string all;
    for (const auto& item : list) all += (all.empty() ? "" : ",") + json(item);
    return all;
}

using Texts = std::initializer_list<string_view>;

// A session is the conversation with one user. What is done to it counts when the turn
// ends well, and only then.
struct Session {
    // What was said.

    // Returns the input of this handler: of on_message and fallback the text.
    string text() const { return raw::pull(raw::bothost_input).value_or(""); }
    // Returns the event's text, also in the state that it led to.
    optional<string> message() const { return event_get("text"); }
    // Returns the intent that the text has, and a parameter of it.
    optional<string> intent() const { return event_get("intent.name"); }
    optional<string> param(string_view name) const {
        return event_get("intent.params." + string(name));
    }
    // Returns the event as JSON.
    string event() const { return raw::pull(raw::bothost_event).value_or(""); }
    // Returns one value of the event by its path, such as files.0.name.
    optional<string> event_get(string_view path) const {
        return raw::pull([&](char* buf, size_t cap) {
            return raw::bothost_event_get(path.data(), path.size(), buf, cap);
        });
    }
    // Reads bytes of the event's files, beginning at an offset. Returns how many, 0 at
    // the end; nothing if there is no such file.
    optional<size_t> file_read(uint32_t index, int64_t offset, void* buf, size_t cap) const {
        const int32_t n = raw::bothost_file_read(index, offset, buf, cap);
        return n < 0 ? std::nullopt : optional<size_t>(n);
    }
    // Returns a whole file of the event.
    optional<string> file(uint32_t index) const {
        string bytes, piece(65536, '\0');
        for (;;) {
            const auto n = file_read(index, bytes.size(), piece.data(), piece.size());
            if (!n) return std::nullopt;
            if (*n == 0) return bytes;
            bytes.append(piece, 0, *n);
        }
    }

    // Replies.

    void reply(string_view text) { raw::bothost_reply(text.data(), text.size()); }
    // Adds text to the reply in progress, and begins one if there is none. Users see it
    // while it is made; the next other reply, or the handler's end, ends it.
    void reply_delta(string_view text) { raw::bothost_reply_delta(text.data(), text.size()); }
    // Ends the reply in progress, if there is one.
    void reply_end() { raw::bothost_reply_end(); }
    // Replies with options to choose from, whose values are their labels.
    void reply_options(Texts labels) { options(join(labels, quote)); }
    void reply_options(const std::vector<string>& labels) { options(join(labels, quote)); }
    // Replies with options to choose from, each a label and a value.
    void reply_choices(const std::vector<std::pair<string, string>>& choices) {
        options(join(choices, [](const auto& c) {
            return "{\"label\":" + quote(c.first) + ",\"value\":" + quote(c.second) + "}";
        }));
    }
    void reply_markdown(string_view text) { reply_as("markdown", text); }
    void reply_html(string_view html) { reply_as("html", html); }
    // Replies with a place on a map, in degrees.
    void reply_location(double latitude, double longitude) {
        reply_as("location", "{\"latitude\":" + number(latitude) +
                                 ",\"longitude\":" + number(longitude) + "}");
    }
    // Replies with any kind of the contract, such as dataframe with a body of JSON.
    void reply_as(string_view kind, string_view body) {
        raw::bothost_reply_as(kind.data(), kind.size(), body.data(), body.size());
    }
    // Replies with a file; an image or audio if the MIME type is one of these.
    void reply_file(string_view name, string_view mime, string_view data) {
        raw::bothost_reply_file(name.data(), name.size(), mime.data(), mime.size(),
                                data.data(), data.size());
    }

    // State.

    optional<string> get(string_view key) const {
        return raw::pull([&](char* buf, size_t cap) {
            return raw::bothost_session_get(key.data(), key.size(), buf, cap);
        });
    }
    void set(string_view key, string_view value) {
        raw::bothost_session_set(key.data(), key.size(), value.data(), value.size());
    }
    void erase(string_view key) { raw::bothost_session_delete(key.data(), key.size()); }
    // Returns a variable that is a whole number.
    optional<int64_t> get_int(string_view key) const {
        const auto text = get(key);
        if (!text) return std::nullopt;
        int64_t value = 0;
        const auto end = text->data() + text->size();
        const auto [ptr, code] = std::from_chars(text->data(), end, value);
        if (code != std::errc{} || ptr != end) return std::nullopt;
        return value;
    }
    void set_int(string_view key, int64_t value) { set(key, std::to_string(value)); }
    // Returns where the session stands, or will stand after go_to.
    string state() const { return raw::pull(raw::bothost_state).value_or(""); }
    // Goes to a state when the handler has returned.
    void go_to(string_view state) { raw::bothost_move(state.data(), state.size()); }
    void go_back() { go_to("@previous"); }
    // Returns the newest n entries of the log as JSON, oldest first.
    string history(uint32_t n) const {
        return raw::pull([&](char* buf, size_t cap) {
            return raw::bothost_history(n, buf, cap);
        }).value_or("");
    }

    // Later. Timers and answers come as events.

    void set_timer(string_view name, int64_t delay_ms, string_view data = "") {
        raw::bothost_timer_set(name.data(), name.size(), delay_ms, data.data(), data.size());
    }
    void cancel_timer(string_view name) { raw::bothost_timer_cancel(name.data(), name.size()); }
    // Makes a request (JSON) after the turn.
    void http(string_view name, string_view request) {
        raw::bothost_http_start(name.data(), name.size(), request.data(), request.size());
    }

private:
    static void options(const string& choices) {
        const string json = "[" + choices + "]";
        raw::bothost_reply_options(json.data(), json.size());
    }
};

// What came of a handler. One that returns nothing is done.
struct Outcome {
    int32_t result = 0;
    static Outcome done() { return {0}; }
    // The host goes on as if there were no handler.
    static Outcome not_handled() { return {2}; }
    // Nothing of the turn is kept, and the operator reads these words.
    static Outcome failed(string_view words) {
        raw::bothost_fail(words.data(), words.size());
        return {1};
    }
};

using Handler = std::function<Outcome(Session&)>;

// Makes a handler of what returns an Outcome or nothing.
template <class F> Handler handler(F f) {
    if constexpr (std::is_void_v<std::invoke_result_t<F, Session&>>) {
        return [f = std::move(f)](Session& s) { return f(s), Outcome::done(); };
    } else {
        return f;
    }
}

// What a variable is compared with.
struct Value {
    string json;
    Value(const char* text) : json(quote(text)) {}
    Value(string_view text) : json(quote(text)) {}
    Value(bool holds) : json(holds ? "true" : "false") {}
    Value(int number) : json(std::to_string(number)) {}
    Value(int64_t number) : json(std::to_string(number)) {}
    Value(double number) : json(bothost::number(number)) {}
};

// A condition on a variable of the session.
struct Condition {
    string json;
};

// A variable that a condition looks at: Var("age").at_least(18).
class Var {
    string name;
    Condition is_so(string_view op, const string& value) const {
        return {"{\"var\":" + quote(name) + ",\"op\":" + quote(op) + ",\"value\":" + value + "}"};
    }

public:
    explicit Var(string_view name) : name(name) {}
    Condition is(const Value& v) const { return is_so("==", v.json); }
    Condition is_not(const Value& v) const { return is_so("!=", v.json); }
    Condition above(const Value& v) const { return is_so(">", v.json); }
    Condition at_least(const Value& v) const { return is_so(">=", v.json); }
    Condition below(const Value& v) const { return is_so("<", v.json); }
    Condition at_most(const Value& v) const { return is_so("<=", v.json); }
    Condition contains(string_view text) const { return is_so("contains", quote(text)); }
    Condition matches(string_view pattern) const { return is_so("matches", quote(pattern)); }
    Condition is_in(std::initializer_list<Value> values) const {
        return is_so("in", "[" + join(values, [](const Value& v) { return v.json; }) + "]");
    }
    Condition is_set() const { return is_so("!=", "null"); }
    Condition is_unset() const { return is_so("==", "null"); }
};

// When a transition is taken: a trigger, a condition, or both.
class When {
    string trigger, conditions, guards;
    static void add(string& list, const string& json) {
        list += (list.empty() ? "" : ",") + json;
    }

public:
    When(string_view name, const string& json) : trigger(quote(name) + ":" + json) {}
    When(const Condition& c) : conditions(c.json) {}
    When& and_(const Condition& c) { return add(conditions, c.json), *this; }
    When& guard(string_view name) { return add(guards, quote(name)), *this; }
    // All files have one of these types, such as image/*.
    When& types(Texts types) {
        return add(trigger, "\"file_types\":[" + join(types, quote) + "]"), *this;
    }
    string json() const {
        string all = trigger;
        if (!conditions.empty()) add(all, "\"when\":[" + conditions + "]");
        if (!guards.empty()) add(all, "\"guard\":[" + guards + "]");
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
    friend class Bot;
    string name, fields, transitions;
    Handler on_enter;
    State& with(const string& field) { return fields += "," + field, *this; }
    string json() const {
        return "{\"name\":" + quote(name) + fields + ",\"transitions\":[" + transitions + "]}";
    }

public:
    explicit State(string_view name) : name(name) {}

    // A transition that has no target yet.
    class Transition {
        State& state;
        When when;

    public:
        Transition(State& state, When when) : state(state), when(std::move(when)) {}
        Transition& and_(const Condition& c) { return when.and_(c), *this; }
        // Asks a guard, which Bot::guard answers.
        Transition& guard(string_view guard) { return when.guard(guard), *this; }
        // Ends the transition, and goes on with the state that it leads from.
        State& go_to(string_view to) {
            auto& all = state.transitions;
            all += (all.empty() ? "{" : ",{") + when.json() + ",\"to\":" + quote(to) + "}";
            return state;
        }
        State& go_back() { return go_to("@previous"); }
    };

    // Sets what runs when the state is entered.
    template <class F> State& enter(F f) { return on_enter = handler(std::move(f)), *this; }
    // Begins a transition. They are tried in their order.
    Transition when(When w) { return {*this, std::move(w)}; }
    // Leads on at once.
    State& go_to(string_view to) { return when({"auto", "true"}).go_to(to); }
    State& go_back() { return go_to("@previous"); }
    // Lets all other states lead here.
    State& global(const When& w) { return with("\"global\":{" + w.json() + "}"); }
    // Names what the state was called in earlier versions of the bot.
    State& was(Texts names) { return with("\"was\":[" + join(names, quote) + "]"); }
    // Looks at conditions again so often while nothing happens.
    State& recheck(int64_t ms) { return with("\"recheck_ms\":" + std::to_string(ms)); }
};

// A thing that users name, in all the words that they have for it.
class Entity {
    friend class Bot;
    string name, values;

public:
    explicit Entity(string_view name) : name(name) {}
    Entity& value(string_view value, Texts synonyms = {}) {
        values += (values.empty() ? "{\"value\":" : ",{\"value\":") + quote(value) +
                  ",\"synonyms\":[" + join(synonyms, quote) + "]}";
        return *this;
    }
};

// What the host calls.
enum Export { on_start, on_message, on_voice, on_file, on_event, on_fallback, export_count };

// Declares a bot: its handlers, and its dialog if it has one.
class Bot {
    string definition, fields, intents;
    std::deque<Entity> entities;
    std::deque<State> states;
    std::vector<std::pair<string, std::function<bool(Session&)>>> guards;
    std::array<Handler, export_count> handlers;

    void list(string_view name, const string& items) {
        if (!items.empty()) field(name, "[" + items + "]");
    }

public:
    // Sets name and version, which operators see.
    Bot& name(string_view name, string_view version) {
        return field("name", quote(name)).field("version", quote(version));
    }
    // Adds a field of the definition, such as language or limits, in JSON.
    Bot& field(string_view name, string_view json) {
        fields += (fields.empty() ? "" : ",") + quote(name) + ":" + string(json);
        return *this;
    }
    // Sets the whole definition, in JSON, in the place of all that is declared.
    Bot& define(string_view json) { return definition = json, *this; }
    // Declares an intent by examples of how people say it.
    Bot& intent(string_view name, Texts examples) {
        intents += (intents.empty() ? "{\"name\":" : ",{\"name\":") + quote(name) +
                   ",\"examples\":[" + join(examples, quote) + "]}";
        return *this;
    }
    // Declares an entity, whose values the slots of intents take.
    Entity& entity(string_view name) { return entities.emplace_back(name); }
    // Declares a state, or goes on with one that was declared.
    State& state(string_view name) {
        for (auto& s : states)
            if (s.name == name) return s;
        return states.emplace_back(name);
    }
    // Declares the state in which sessions begin.
    State& initial(string_view name) { return state(name).with("\"initial\":true"); }
    // Answers the guard of this name, which transitions ask.
    Bot& guard(string_view name, std::function<bool(Session&)> holds) {
        return guards.emplace_back(name, std::move(holds)), *this;
    }

    // Set what runs when something comes that no transition took.
    template <class F> Bot& on_start(F f) { return on(bothost::on_start, f); }
    template <class F> Bot& on_message(F f) { return on(bothost::on_message, f); }
    template <class F> Bot& on_voice(F f) { return on(bothost::on_voice, f); }
    template <class F> Bot& on_file(F f) { return on(bothost::on_file, f); }
    template <class F> Bot& on_event(F f) { return on(bothost::on_event, f); }
    // Sets what runs when nothing else took what a human said.
    template <class F> Bot& fallback(F f) { return on(on_fallback, f); }

    // What the exports call, for BOTHOST_BOT.
    template <class F> Bot& on(Export e, F f) { return handlers[e] = handler(std::move(f)), *this; }
    int32_t run(Export e) const { return run(handlers[e]); }
    int32_t run(const Handler& handler) const {
        Session s;
        return handler ? handler(s).result : Outcome::not_handled().result;
    }
    int32_t describe() {
        list("intents", std::exchange(intents, ""));
        list("entities", join(std::exchange(entities, {}), [](const Entity& e) {
                 return "{\"name\":" + quote(e.name) + ",\"values\":[" + e.values + "]}";
             }));
        list("states", join(states, [](const State& s) { return s.json(); }));
        if (definition.empty() && !fields.empty()) definition = "{" + fields + "}";
        raw::bothost_output(definition.data(), definition.size());
        return 0;
    }
    int32_t enter() const {
        const string name = Session().text();
        for (const auto& s : states)
            if (s.name == name) return run(s.on_enter);
        return Outcome::not_handled().result;
    }
    int32_t check() const {
        Session session;
        const string name = session.text();
        for (const auto& [guard, holds] : guards) {
            if (guard != name) continue;
            const string_view answer = holds(session) ? "true" : "false";
            raw::bothost_output(answer.data(), answer.size());
            return 0;
        }
        return Outcome::failed("there is no guard " + quote(name)).result;
    }
};

}  // namespace bothost

// Exports the handlers of a bot, which the block that follows declares. It runs once for
// each instance, before anything else.
#define BOTHOST_BOT(b)                                                          \
    static void bothost_declare(::bothost::Bot& b);                             \
    static ::bothost::Bot& bothost_bot() {                                      \
        static ::bothost::Bot* const bot = [] {                                 \
            auto* made = new ::bothost::Bot;                                    \
            bothost_declare(*made);                                             \
            return made;                                                        \
        }();                                                                    \
        return *bot;                                                            \
    }                                                                           \
    [[maybe_unused]] static ::bothost::Bot& bothost_declared = bothost_bot();   \
    BOTHOST_EXPORT(describe, describe())                                        \
    BOTHOST_EXPORT(on_enter, enter())                                           \
    BOTHOST_EXPORT(check, check())                                              \
    BOTHOST_EXPORT(on_start, run(::bothost::on_start))                          \
    BOTHOST_EXPORT(on_message, run(::bothost::on_message))                      \
    BOTHOST_EXPORT(on_voice, run(::bothost::on_voice))                          \
    BOTHOST_EXPORT(on_file, run(::bothost::on_file))                            \
    BOTHOST_EXPORT(on_event, run(::bothost::on_event))                          \
    BOTHOST_EXPORT(on_fallback, run(::bothost::on_fallback))                    \
    static void bothost_declare([[maybe_unused]] ::bothost::Bot& b)

#define BOTHOST_EXPORT(name, call)                                              \
    extern "C" __attribute__((export_name(#name))) int32_t bothost_export_##name() { \
        return bothost_bot().call;                                              \
    }
