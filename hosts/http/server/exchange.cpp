#include "server/exchange.hpp"

#include "server/problem.hpp"

#include <utility>

namespace tiketi::http {

void Mailbox::put(std::shared_ptr<Exchange> answered) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.push_back(std::move(answered));
  if (waiting_.size() == 1) wake_();  // under the lock, so that nobody is woken after `close`
}

std::vector<std::shared_ptr<Exchange>> Mailbox::drain() {
  std::vector<std::shared_ptr<Exchange>> out;
  const std::lock_guard lock(mutex_);
  out.swap(waiting_);
  return out;
}

void Mailbox::close() {
  std::vector<std::shared_ptr<Exchange>> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

bool BodyShare::grow(const Total& total, std::size_t bytes, std::size_t most) {
  if (bytes <= bytes_) return true;
  const std::size_t more = bytes - bytes_;
  if (total->fetch_add(more) + more > most) {
    total->fetch_sub(more);
    return false;
  }
  total_ = total;
  bytes_ = bytes;
  return true;
}

void BodyShare::give_back() noexcept {
  if (total_) total_->fetch_sub(bytes_);
  total_.reset();
  bytes_ = 0;
}

void answer(const std::shared_ptr<Exchange>& exchange, Response response, bool encode_here) {
  if (exchange->answered.exchange(true)) return;
  exchange->response = std::move(response);
  if (encode_here) exchange->encoded = encode(exchange->request, exchange->response);
  exchange->arrived = true;
  exchange->mailbox->put(exchange);
}

Respond::Link::~Link() {
  if (exchange->answered) return;
  Response response = problem(exchange->request.language, 500, "internal_error",
                              {"서버 오류가 발생했습니다.", "Something went wrong on the server."});
  response.log_note = "the handler went away without an answer";
  answer(exchange, std::move(response));
}

void Respond::on_interrupt(std::function<void(Interrupt)> callback) const {
  Exchange& exchange = *link_->exchange;
  exchange.interrupted = std::move(callback);
  exchange.mailbox->put(link_->exchange);
}

void Respond::operator()(Response response) const { answer(link_->exchange, std::move(response)); }

}  // namespace tiketi::http
