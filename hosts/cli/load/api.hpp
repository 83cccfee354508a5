#pragma once
// Calls of set-up and of reading back: few, one after the other, each on a connection of its own.

#include "load/address.hpp"
#include "load/wire.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace tiketi::load {

class Api {
 public:
  explicit Api(Address server) : server_(std::move(server)) {}

  struct Answer {
    unsigned status = 0;
    std::string body;
    std::string etag;
    std::string content_encoding;

    bool ok() const { return status >= 200 && status < 300; }
  };

  // Broken if there is no answer within a minute.
  Answer ask(const std::string& request) const;
  Answer get(std::string_view target, const Extras& extras = {}) const;
  Answer post(std::string_view target, const boost::json::value& body, std::string_view token = {}) const;

  // The same, and Broken unless the answer is a success in JSON.
  boost::json::value read(std::string_view target, std::string_view token = {}) const;
  boost::json::value make(std::string_view target, const boost::json::value& body, std::string_view token = {}) const;
  boost::json::value change(std::string_view target, const boost::json::value& body, std::string_view token = {}) const;

  const Address& server() const { return server_; }

 private:
  Address server_;
};

/// A text of an answer; Broken, telling the member, if it isn't there.
std::string text_in(const boost::json::value& answer, std::string_view pointer);

}  // namespace tiketi::load
