#pragma once
// Result<T>: a value or an Error. `Result<void>` for calls that only succeed or fail.

#include <tiketi/base/error.hpp>

#include <boost/system/result.hpp>

namespace tiketi {

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace tiketi
