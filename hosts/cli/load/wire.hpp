#pragma once
// Requests as the bytes that go over the wire.

#include "load/address.hpp"

#include <string>
#include <string_view>

namespace tiketi::load {

/// What goes with a request besides its target.
struct Extras {
  std::string_view token = {};  ///< of who asks; empty: nobody
  std::string_view accept_encoding = {};
  std::string_view if_none_match = {};
};

void append_get(std::string& out, const Address& server, std::string_view target, const Extras& extras = {});

// `body` is JSON.
void append_post(std::string& out, const Address& server, std::string_view target, std::string_view body,
                 const Extras& extras = {});
void append_put(std::string& out, const Address& server, std::string_view target, std::string_view body,
                const Extras& extras = {});

}  // namespace tiketi::load
