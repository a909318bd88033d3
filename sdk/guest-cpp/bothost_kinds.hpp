// Kinds of replies and events that are more than a text: a part of the SDK that a bot may
// leave out.
#pragma once

#include <cstdio>

#include "bothost.hpp"

namespace bothost {

// Replies with options to choose from, each a label and a value.
inline void reply_choices(Session&, const std::vector<std::pair<string, string>>& choices) {
    bothost_reply_options(array_(choices, [](const auto& c) {
        return "{\"label\":" + quote(c.first) + ",\"value\":" + quote(c.second) + "}";
    }).c_str());
}

// Replies with a place on a map, in degrees.
inline void reply_location(Session& s, double latitude, double longitude) {
    char json[96];
    std::snprintf(json, sizeof json, R"({"latitude":%.15g,"longitude":%.15g})", latitude,
                  longitude);
    s.reply_as("location", json);
}

// Returns a whole file of the event.
inline optional<string> read_file(const Session& s, uint32_t index) {
    string bytes, piece(65536, '\0');
    for (;;) {
        const auto n = s.file_read(index, bytes.size(), piece.data(), piece.size());
        if (!n) return std::nullopt;
        if (*n == 0) return bytes;
        bytes.append(piece, 0, *n);
    }
}

}  // namespace bothost
