#pragma once
// Runs the real program, each time in a process of its own, on stores in a temporary directory.

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>
#include <tiketi/open.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tiketi::test {

struct Said {
  int code = -1;
  std::string out;
  std::string err;

  /// The output, which must be one JSON value.
  boost::json::value json() const;
  /// The code word of the error object; empty if there is none.
  std::string error() const;
  std::string message() const;
};

using Words = std::vector<std::string>;

class Program : public ::testing::Test {
 protected:
  Program();

  /// `tiketi` with these words, on the store in the environment variable TIKETI_STORE.
  Said run(const Words& words, const std::string& input = {}) const;
  Said run_json(Words words, const std::string& input = {}) const;

  /// With variables in its environment: `NAME=value`.
  Said run_with(const Words& variables, const Words& words, const std::string& input = {}) const;

  /// Interrupted after a second and a half, which it must take well.
  Said run_interrupted(const Words& words) const;

  /// The same store in this process, with the same keys and books.
  std::unique_ptr<Services> open_services() const;

  /// The sample catalogue on the store. On SQLite the Winter Concert is on sale, whatever the hour (by itself
  /// its sale opens at nine in the morning).
  void seed() const;

  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
  std::string write(const std::string& name, const std::string& text) const;

  /// Behind the program's back, on the default store. The first column of the rows.
  std::vector<std::string> sql(const std::string& statement) const;
  std::int64_t number(const std::string& query) const;

  static std::string program();

  std::string store_;

 private:
  TemporaryDirectory directory_;
};

}  // namespace tiketi::test
