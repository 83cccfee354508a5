#pragma once
// The database itself, without our stores: to damage it, and to see what it refuses by itself.

#include <tiketi/base/id.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tiketi::test {

class RawSql {
 public:
  /// `sqlite:PATH` or a libpq connection string. Throws std::runtime_error if it can't be opened.
  explicit RawSql(const std::string& address);

  /// Runs statements; returns the error's text, or nothing.
  std::string try_execute(const std::string& sql);
  /// Throws std::runtime_error on an error.
  void execute(const std::string& sql);
  /// The first column of the first row.
  std::int64_t number(const std::string& query);

  /// How an id is written in this database's SQL.
  std::string literal(Uuid id) const;
  template <class Tag>
  std::string literal(Id<Tag> id) const {
    return literal(id.uuid);
  }

 private:
  struct Answer {
    std::string error;
    std::string value;  // of the first column and row
  };
  Answer run(const std::string& sql);

  bool is_sqlite_;
  std::unique_ptr<void, std::function<void(void*)>> handle_;
};

}  // namespace tiketi::test
