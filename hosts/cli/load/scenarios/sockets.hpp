#pragma once
// How soon sockets are told what happens to seats (RT2).

#include "load/api.hpp"
#include "load/bench_http.hpp"

#include <atomic>

namespace tiketi::load {

/// `sockets`: they all watch one event, and so do --slow-readers, which take nothing. One connection holds a seat after
/// the other; each socket must be told of each hold by `seats-changed`, and of one in each of those by `seat-locked`
/// before. Tells how long after the request the first of the two has come, how long after it had come to the first
/// socket, and what sockets cost the server in memory.
void tell_sockets_of_holds(const Api& api, const std::atomic<bool>& interrupted, const Tell& tell, Report& report);

}  // namespace tiketi::load
