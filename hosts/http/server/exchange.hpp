#pragma once
// A request on its way to its answer, between the connection's thread and those that do the work.

#include "server/encoding.hpp"
#include "server/handler.hpp"
#include "server/request.hpp"
#include "server/response.hpp"
#include "server/router.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace tiketi::http {

class Connection;
struct Exchange;

/// Brings answers, and what else there is to know of a request, to the thread that owns the connection. However many
/// arrive at once, the thread is woken once.
class Mailbox {
 public:
  /// `wake` is called from any thread when the first answer of a batch has come; it has `drain` called on the owner's
  /// thread.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(std::shared_ptr<Exchange> answered);
  std::vector<std::shared_ptr<Exchange>> drain();
  void close();  ///< answers that come later are dropped, nobody is woken

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<std::shared_ptr<Exchange>> waiting_;
  bool closed_ = false;
};

/// What one body takes of the memory that all bodies of a server share. They may outlive the server.
class BodyShare {
 public:
  using Total = std::shared_ptr<std::atomic<std::size_t>>;

  BodyShare() = default;
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { give_back(); }

  /// Takes as much as it needs to have `bytes`; false if all of them would have more than `most`.
  bool grow(const Total& total, std::size_t bytes, std::size_t most);
  void give_back() noexcept;

 private:
  Total total_;
  std::size_t bytes_ = 0;
};

struct Exchange {
  Request request;
  BodyShare body_share;
  Match match;
  std::vector<std::string_view> segments;  // of request.path
  std::chrono::steady_clock::time_point begun;
  Response response;
  std::optional<Encoded> encoded;      ///< made off the connection's thread already, or when the answer is sent
  std::atomic<bool> answered = false;  ///< or somebody is about to
  std::atomic<bool> arrived = false;   ///< what was answered off the connection's thread is there
  bool admitted = false;               ///< the caller may, as a pool's thread found out; the connection's own goes on
  std::function<void(Interrupt)> interrupted;  ///< of a Deferred handler, or empty
  std::variant<std::monostate, AcceptWebSocket, AcceptStream>
      stays_open;            ///< what the connection becomes with the answer
  bool handed_over = false;  ///< to another thread, which may still have it in its hands after the answer
  std::shared_ptr<Mailbox> mailbox;
  Connection* connection = nullptr;  ///< of the connection's thread; null when it is gone
};

/// From any thread, once; what comes later is dropped. `encode_here`: on the caller's thread rather than the
/// connection's.
void answer(const std::shared_ptr<Exchange>& exchange, Response response, bool encode_here = false);

struct Respond::Link {
  std::shared_ptr<Exchange> exchange;
  explicit Link(std::shared_ptr<Exchange> of) : exchange(std::move(of)) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();
};

}  // namespace tiketi::http
