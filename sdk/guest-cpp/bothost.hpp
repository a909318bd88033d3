// Write a bot for bothost in C++20, over libc++ without exceptions.
//
//	#include "bothost.hpp"
//	using namespace bothost;
//
//	BOTHOST_BOT(b) {
//		b.on_message([](Session& s) { s.reply(s.text()); });
//	}
//
// What declares dialogs is in bothost_dialog.hpp, more kinds of replies and events are in
// bothost_kinds.hpp.
//
// There is no state here: what a later turn needs goes to the session, since the host
// takes any of its instances for the next turn. Texts are UTF-8, in std::string and
// std::string_view, and the host copies them during the call. An argument that breaks a
// rule of the contract ends the turn, with words for the operator: no call here throws
// or returns an error.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "bothost.h"

namespace bothost {

using std::optional, std::string, std::string_view;
using Texts = std::initializer_list<string_view>;

// Names that end in _ are the SDK's own.

// Calls a function of bothost.h, where a text is a pointer and a length.
inline auto flat_(string_view text) { return std::tuple(text.data(), text.size()); }
template <class T> auto flat_(T value) { return std::tuple(value); }
template <class F, class... In> auto call_(F f, In... in) {
    return std::apply(f, std::tuple_cat(flat_(in)...));
}

// Calls one that fills a buffer. Most values fit at once; for one that does not it is
// called again, with room for all of it.
template <class F, class... In> optional<string> pull_(F f, In... in) {
    string value(256, '\0');
    const int32_t n = call_(f, in..., value.data(), value.size());
    if (n < 0) return std::nullopt;
    value.resize(static_cast<size_t>(n));
    if (n > 256) call_(f, in..., value.data(), value.size());
    return value;
}

// The host: of use in handlers and while a bot is declared.

enum class Level : uint32_t { debug, info, warn, error };

inline void log(Level level, string_view line) { call_(bothost_log_, uint32_t(level), line); }
inline void info(string_view line) { log(Level::info, line); }
inline void warn(string_view line) { log(Level::warn, line); }

// Returns the operator's configuration for this bot.
inline optional<string> config(string_view key) { return pull_(bothost_config_, key); }
// Returns the custom section bothost.asset.
inline optional<string> asset() { return pull_(bothost_asset); }
// Returns the turn's time in milliseconds since 1970 UTC. It stands still within a turn.
inline int64_t now() { return bothost_now(); }

// Returns random bytes, fit for secrets, as a number. It is not called random, as a
// function of the libc is.
template <class T = uint64_t> requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
T random_number() { T n; return bothost_random(&n, sizeof n), n; }

// Ends the turn: the operator reads the words, the place, and which functions called
// which.
[[noreturn, gnu::noinline]] inline void panic(
    string_view words, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log(Level::error, string(words) + " at " + file + ":" + std::to_string(line));
    __builtin_trap();
}

// Returns a text as a string of JSON.
inline string quote(string_view text) {
    const auto plain = [](unsigned char c) { return c >= ' ' && c != '"' && c != '\\'; };
    string json = "\"";
    for (size_t at = 0, end = 0;; at = ++end) {
        while (end < text.size() && plain(text[end])) end++;
        json.append(text.data() + at, end - at);
        if (end == text.size()) return std::move(json += '"');
        if (text[end] >= ' ') (json += '\\') += text[end];
        else (json += text[end] < 16 ? "\\u000" : "\\u001") += "0123456789abcdef"[text[end] % 16];
    }
}

// Returns an array of JSON, each of whose items a function makes.
template <class All, class Json> string array_(const All& all, Json json) {
    string items;
    for (const auto& one : all) items.append(items.empty() ? "[" : ",").append(json(one));
    return std::move(items.append(items.empty() ? "[]" : "]"));
}

// A session is the conversation with one user. What is done to it counts when the turn
// ends well, and only then.
struct Session {
    // What was said.

    // Returns the input of this handler: of on_message and fallback the text.
    string text() const { return *pull_(bothost_input_); }
    // Returns the event's text, also in the state that it led to.
    optional<string> message() const { return event_get("text"); }
    // Returns the intent that the text has, and a parameter of it.
    optional<string> intent() const { return event_get("intent.name"); }
    auto param(string_view name) const { return event_get("intent.params." + string(name)); }
    // Returns the event as JSON.
    string event() const { return *pull_(bothost_event_); }
    // Returns one value of the event by its path, such as files.0.name.
    optional<string> event_get(string_view path) const { return pull_(bothost_event_get_, path); }
    // Reads bytes of the event's files, beginning at an offset. Returns how many, 0 at
    // the end; nothing if there is no such file.
    optional<size_t> file_read(uint32_t index, int64_t offset, void* buf, size_t cap) const {
        const int32_t n = bothost_file_read(index, offset, buf, cap);
        return n < 0 ? std::nullopt : optional<size_t>(n);
    }

    // Replies.

    void reply(string_view text) { call_(bothost_reply_, text); }
    // Adds text to the reply in progress, and begins one if there is none. Users see it
    // while it is made; the next other reply, or the handler's end, ends it.
    void reply_delta(string_view text) { call_(bothost_reply_delta_, text); }
    // Ends the reply in progress, if there is one.
    void reply_end() { bothost_reply_end(); }
    // Replies with options to choose from, whose values are their labels.
    template <class Labels = Texts>
    void reply_options(const Labels& all) { bothost_reply_options(array_(all, quote).c_str()); }
    void reply_markdown(string_view text) { reply_as("markdown", text); }
    void reply_html(string_view html) { reply_as("html", html); }
    // Replies with any kind of the contract, such as dataframe with a body of JSON.
    void reply_as(string_view kind, string_view body) { call_(bothost_reply_as_, kind, body); }
    // Replies with a file; an image or audio if the MIME type is one of these.
    void reply_file(string_view name, string_view mime, string_view data) {
        call_(bothost_reply_file_, name, mime, data);
    }

    // State.

    optional<string> get(string_view key) const { return pull_(bothost_get_, key); }
    void set(string_view key, string_view value) { call_(bothost_set_, key, value); }
    void erase(string_view key) { call_(bothost_delete_, key); }
    // Returns a variable that is a whole number.
    optional<int64_t> get_int(string_view key) const {
        const string text = get(key).value_or("");
        int64_t value = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
        return code == std::errc{} && end == &text[text.size()] ? optional(value) : std::nullopt;
    }
    void set_int(string_view key, int64_t value) { set(key, std::to_string(value)); }
    // Returns where the session stands, or will stand after go_to.
    string state() const { return *pull_(bothost_state_); }
    // Goes to a state when the handler has returned.
    void go_to(string_view state) { call_(bothost_move_, state); }
    void go_back() { go_to("@previous"); }
    // Returns the newest n entries of the log as JSON, oldest first.
    string history(uint32_t n) const { return *pull_(bothost_history_, n); }

    // Later. Timers and answers come as events.

    void set_timer(string_view name, int64_t delay_ms, string_view data = "") {
        call_(bothost_timer_set_, name, delay_ms, data);
    }
    void cancel_timer(string_view name) { call_(bothost_timer_cancel_, name); }
    // Makes a request (JSON) after the turn.
    void http(string_view name, string_view request) { call_(bothost_http_, name, request); }
};

// What came of a handler. One that returns nothing is done.
struct Outcome {
    int32_t result = BOTHOST_DONE;
    static Outcome done() { return {}; }
    // The host goes on as if there were no handler.
    static Outcome not_handled() { return {BOTHOST_NOT_HANDLED}; }
    // Nothing of the turn is kept, and the operator reads these words.
    static Outcome failed(string_view words) { return call_(bothost_fail_, words), Outcome{1}; }
};

// A handler is anything that is called with a session, and returns an Outcome or nothing.
// It is kept for as long as the instance lives.
struct Handler {
    void* held;
    Outcome (*run)(void* held, Session& s);
    template <class F> Handler(F f) : held(new F(std::move(f))) {
        run = [](void* held, Session& s) -> Outcome {
            F& f = *static_cast<F*>(held);
            if constexpr (std::is_void_v<decltype(f(s))>) return f(s), Outcome::done();
            else return f(s);
        };
    }
};

// Declares a bot. Of two declarations of the same thing the last one holds.
struct Bot {
    std::vector<std::pair<string, Handler>> handlers_;

    explicit Bot(void (*declare)(Bot&)) { declare(*this); }
    // Sets what an export runs; of on_enter and check what it runs for an input.
    Bot& on(string_view what, Handler h) { return handlers_.emplace_back(what, h), *this; }
    // Set what runs when something comes that no transition took.
    Bot& on_start(Handler h) { return on("on_start", h); }
    Bot& on_message(Handler h) { return on("on_message", h); }
    Bot& on_voice(Handler h) { return on("on_voice", h); }
    Bot& on_file(Handler h) { return on("on_file", h); }
    Bot& on_event(Handler h) { return on("on_event", h); }
    // Sets what runs when nothing else took what a human said.
    Bot& fallback(Handler h) { return on("on_fallback", h); }
    // Sets the definition, in JSON.
    Bot& define(string json) {
        return on("describe", [j = std::move(json)](Session&) { bothost_output(j.c_str()); });
    }
    // Sets what runs when a state is entered.
    Bot& enter(string_view state, Handler h) { return on("on_enter " + string(state), h); }
    // Answers the guard of this name, which transitions ask.
    template <class F> Bot& guard(string_view name, F holds) {
        return on("check " + string(name), [holds = std::move(holds)](Session& s) mutable {
            bothost_output(holds(s) ? "true" : "false");
        });
    }
    // What the exports call.
    int32_t run(string what) const {
        Session s;
        if (what == "on_enter" || what == "check") what += " " + s.text();
        for (auto h = handlers_.rbegin(); h != handlers_.rend(); ++h)
            if (h->first == what) return h->second.run(h->second.held, s).result;
        return BOTHOST_NOT_HANDLED;
    }
};

}  // namespace bothost

// Exports the handlers of a bot, which the block that follows declares. It runs once for
// each instance, before anything else.
#define BOTHOST_BOT(b)                                                      \
    static void bothost_declare(::bothost::Bot& b);                         \
    static auto& bothost_bot = *new ::bothost::Bot(bothost_declare);        \
    BOTHOST_RUN_(describe) BOTHOST_RUN_(on_enter) BOTHOST_RUN_(check)       \
    BOTHOST_RUN_(on_start) BOTHOST_RUN_(on_message) BOTHOST_RUN_(on_voice)  \
    BOTHOST_RUN_(on_file) BOTHOST_RUN_(on_event) BOTHOST_RUN_(on_fallback)  \
    static void bothost_declare([[maybe_unused]] ::bothost::Bot& b)
#define BOTHOST_RUN_(name)                                                  \
    BOTHOST_C_ [[clang::export_name(#name)]] int bothost_export_##name()    \
    { return bothost_bot.run(#name); }
