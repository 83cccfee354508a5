#include "replay.hpp"

#include "server/problem.hpp"

#include <tiketi/base/fingerprint.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http {
namespace {

std::uint64_t fingerprint_of(const Request& request) {
  Fingerprint out;
  out.add(name(request.method));
  out.add(request.target);
  out.add(request.body);
  return out.value();
}

bool is_final(const Response& response) noexcept {
  const int status = response.status;
  return !response.passing && status < 500 && status != 408 && status != 409 && status != 429;
}

/// The keys that are being worked on by this process.
class InFlight {
 public:
  bool begin(const AnswerKey& key) {
    const std::lock_guard lock(mutex_);
    return keys_.insert(key).second;
  }
  void end(const AnswerKey& key) {
    const std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

 private:
  std::mutex mutex_;
  std::set<AnswerKey> keys_;
};

Response again(const Request& request, const Answer& first, std::uint64_t fingerprint) {
  if (first.fingerprint != fingerprint)
    return problem(request, Error{Errc::idempotency_misuse, "the key was used before with another request"});
  Response response = text(first.status, first.body, first.content_type);
  response.with_header("Idempotent-Replayed", "true");
  return response;
}

Response answer(Answers& answers, Clock& clock, const Request& request, const AnswerKey& key,
                const std::function<Response()>& handle) {
  const std::uint64_t fingerprint = fingerprint_of(request);
  const auto known = answers.find({&key, 1});
  if (!known) return problem(request, known.error());
  if (known->front()) return again(request, *known->front(), fingerprint);
  Response response = handle();
  if (!is_final(response) || response.ready || response.body.size() > max_answer_body_bytes) return response;
  const Answer first{key, fingerprint, response.status, response.content_type, response.body, clock.now()};
  const auto stored = answers.put_if_absent({&first, 1});
  // It was done: not being able to repeat the answer is no reason not to give it.
  if (stored && !(stored->front() == first)) return again(request, stored->front(), fingerprint);
  if (!stored) response.log_note = "the answer could not be kept for its idempotency key: " + stored.error().message;
  return response;
}

}  // namespace

Around replay_by(Answers& answers, Clock& clock) {
  const auto in_flight = std::make_shared<InFlight>();
  return [&answers, &clock, in_flight](const Request& request, const std::function<Response()>& handle) {
    const AnswerKey key{request.caller ? request.caller->user_id : UserId{}, request.idempotency_key};
    if (!in_flight->begin(key))
      return problem(request.language, 409, "request_in_progress",
                     {"같은 요청이 처리되고 있습니다.", "The same request is being worked on: try again in a moment."});
    struct End {
      InFlight& keys;
      const AnswerKey& key;
      ~End() { keys.end(key); }
    } const end{*in_flight, key};
    return answer(answers, clock, request, key, handle);
  };
}

}  // namespace tiketi::http
