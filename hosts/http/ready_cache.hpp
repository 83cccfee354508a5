#pragma once
// Answers that everyone asks for, kept as bytes that are ready to be sent.

#include "server/handler.hpp"
#include "server/response.hpp"

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/ports/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tiketi::http {

/// What a key stands for.
struct MadeBytes {
  std::shared_ptr<const ReadyBytes> bytes;
  std::uint64_t made_from = 0;  ///< a fingerprint of it; for the maker, who may then keep the bytes
  Timestamp good_until;         ///< exclusive: when they change by themselves, as a hold's end or a sale's start does
};

/// Makes the bytes anew; `previous` is what was there before, or null. May answer `previous` itself, with another
/// `good_until`, if nothing has changed. Runs on the cache's thread.
using MakeBytes = std::function<Result<MadeBytes>(const MadeBytes* previous)>;

/// How an error of `MakeBytes` is told; empty: by the table.
using Refuse = std::function<Response(const Request&, const Error&)>;

struct ReadyCacheOptions {
  std::size_t max_keys = 2'000;              ///< the one used longest ago goes
  std::size_t max_bytes = 32 * 1024 * 1024;  ///< of what is kept: the one used longest ago goes
  /// Of that and of older bytes that are still being sent, to clients who read slowly. Beyond it nothing new is made:
  /// keys that have bytes are answered with them, however old, and others 503.
  std::size_t max_live_bytes = 128 * 1024 * 1024;
  std::size_t max_new_keys = 256;       ///< that wait to be made for the first time; requests for more are answered 503
  std::size_t max_waiting = 20'000;     ///< requests that wait for bytes in the making; more are answered 503
  std::int64_t max_age_ms = second_ms;  ///< for how long other processes' changes may go unseen
  std::int64_t min_interval_ms = 20;    ///< between two makings of one key, however often it changes
};

/// Thread-safe. Fresh bytes are answered at once, on the caller's thread. Else they are made, once for all who wait, on
/// a thread of the cache. Whoever asks after a change was told by `touch` gets bytes that were made after it, unless so
/// many older ones are still being sent that there is no room for new ones. Clients who make up keys don't keep others
/// waiting: of two makings in a row at most one is of a key that was never made before.
class ReadyCache {
 public:
  ReadyCache(Clock& clock, ReadyCacheOptions options = {});
  ReadyCache(const ReadyCache&) = delete;
  ReadyCache& operator=(const ReadyCache&) = delete;
  ~ReadyCache();

  /// Answers the request with the key's bytes, or with the problem that `make` has. The first `make` of a key
  /// stays. `subject` is what `touch` names.
  void answer(const Request& request, Respond respond, const std::string& key, const std::string& subject,
              const MakeBytes& make, const Refuse& refuse = {});

  /// What was made of this subject is out of date.
  void touch(const std::string& subject);
  void touch_all();

  std::size_t size() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi::http
