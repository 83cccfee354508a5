#pragma once
// What a refusal says. Each fails the test if there was none.

#include <tiketi/base/result.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tiketi::test {

template <class T>
Error error_of(const Result<T>& result) {
  EXPECT_TRUE(result.has_error()) << "it succeeded";
  return result.has_error() ? result.error() : Error{Errc::unavailable, "none"};
}

template <class T>
Errc code_of(const Result<T>& result) {
  return error_of(result).code;
}

template <class T>
std::string field_of(const Result<T>& result) {
  return std::string(error_of(result).detail("field"));
}

}  // namespace tiketi::test
