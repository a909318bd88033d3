// A bot that breaks, as a test tells it.

#include "bothost.hpp"

#include <cassert>

using namespace bothost;

struct Pot {
    std::vector<int> cups{1, 2, 3};
    [[gnu::noinline]] int pour(const string& how) const {
        if (how == "panic") panic("no tea is left");
        assert(how != "assert");
        return cups.at(how == "at" ? 7 : 0);
    }
};

BOTHOST_BOT(b) {
    b.on_message([](Session& s) { s.set_int("poured", Pot{}.pour(s.text())); });
}
