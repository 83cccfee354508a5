#include "live/plain_socket.hpp"

#include "server/json.hpp"
#include "server/json_writer.hpp"

#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

namespace tiketi::http::live {
namespace {

constexpr std::int64_t connect_timeout_ms = 10'000;
constexpr std::int64_t ping_interval_ms = 25'000;
constexpr std::chrono::milliseconds silence_timeout{85'000};
constexpr std::size_t max_held = 64;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t going_away = 1001;

class PlainReceiver final : public Receiver {
 public:
  explicit PlainReceiver(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}
  void tell(const Message& message) override { outbox_->send(message.plain(), message.socket_io().superseding_key); }

 private:
  const std::shared_ptr<Outbox> outbox_;
};

/// `["name",{…},7]`
struct Said {
  std::string name;
  std::string arguments;  ///< JSON text of an array
  std::string token;      ///< of the first argument
  std::optional<std::int64_t> id;
};

std::optional<Said> parse(std::string_view text) {
  std::string why;
  const std::optional<boost::json::value> parsed = parse_json(text, why);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  const boost::json::array& array = parsed->get_array();
  if (array.empty() || array.size() > 3 || !array[0].is_string()) return std::nullopt;
  Said out{.name = std::string(array[0].get_string()), .arguments = "[]", .token = {}, .id = {}};
  if (array.size() > 1) out.arguments = "[" + boost::json::serialize(array[1]) + "]";
  if (array.size() > 1 && array[1].is_object())
    if (const auto* token = array[1].get_object().if_contains("token"); token && token->is_string())
      out.token = token->get_string();
  if (array.size() > 2) {
    if (!array[2].is_int64()) return std::nullopt;
    out.id = array[2].get_int64();
  }
  return out;
}

std::string bearer_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view header = request.header("authorization");
  return header.starts_with(scheme) ? std::string(header.substr(scheme.size())) : std::string();
}

std::string ack_payload(std::int64_t id, std::string_view error, std::string_view field) {
  const std::string rest = acknowledgement(error, field);  // {"ok":…}
  return "{\"id\":" + std::to_string(id) + "," + rest.substr(1);
}

}  // namespace

PlainSocket::PlainSocket(SignIn& sign_in, std::function<Clients*()> here, const Request& request)
    : sign_in_(sign_in), here_(std::move(here)), token_(bearer_of(request)) {}

void PlainSocket::on_open(const std::shared_ptr<WebSocket>& socket) {
  socket_ = socket;
  outbox_ = std::make_shared<Outbox>(socket);
  if (here_() == nullptr) return socket->close(going_away);
  heard_ = std::chrono::steady_clock::now();
  timer_.start(socket->loop(), connect_timeout_ms, [this] { refuse(state_ == State::asking ? too_busy : no_token); });
  if (!token_.empty()) sign_in(std::exchange(token_, {}));
}

void PlainSocket::on_text(WebSocket&, std::string_view text) {
  heard_ = std::chrono::steady_clock::now();
  if (state_ != State::asking) return hear(text);
  if (held_.size() == max_held) return refuse("Too much was sent before the connection was accepted");
  held_.emplace_back(text);
}

void PlainSocket::hear(std::string_view text) {
  const std::optional<Said> said = parse(text);
  if (!said) return outbox_->close(policy_violation, "messages are [\"name\",{…}] or [\"name\",{…},id]");
  if (state_ == State::unknown) return said->name == "connect" ? sign_in(said->token) : refuse(no_token);
  if (said->name == "connect" || said->name == "pong") return;
  Acknowledge acknowledge;
  if (said->id)
    acknowledge = [self = weak_from_this(), id = *said->id](std::string_view error, std::string_view field) {
      if (const auto here = self.lock()) here->send("ack", ack_payload(id, error, field));
    };
  if (Clients* clients = here_()) clients->hear(client_, said->name, said->arguments, acknowledge);
}

void PlainSocket::sign_in(std::string token) {
  state_ = State::asking;
  if (const auto user = sign_in_.at_once(token)) return decide(*user);
  const auto queued =
      sign_in_.later(std::move(token), [self = weak_from_this(), loop = socket_->loop()](Result<UserId> user) {
        loop->post([self, user = std::move(user)] {
          if (const auto here = self.lock()) here->decide(user);
        });
      });
  if (!queued) refuse(refusal_of(queued.error()));
}

void PlainSocket::decide(const Result<UserId>& user) {
  Clients* clients = here_();
  if (!socket_->is_open() || clients == nullptr) return;
  if (!user) return refuse(refusal_of(user.error()));
  state_ = State::connected;
  send("connected", "{}");
  client_ = clients->add(*user, std::make_unique<PlainReceiver>(outbox_));
  timer_.start(socket_->loop(), ping_interval_ms, [this] { beat(); });
  for (const std::string& each : std::exchange(held_, {})) hear(each);
}

void PlainSocket::refuse(std::string_view why) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) { json.member("message", why); });
  send("connect_error", payload);
  outbox_->close(policy_violation, why);
}

void PlainSocket::send(std::string_view name, std::string_view payload) {
  std::string text = "[\"";
  text.append(name).append("\",").append(payload).append("]");
  outbox_->send(make_payload(std::move(text)));
}

void PlainSocket::beat() {
  if (std::chrono::steady_clock::now() - heard_ >= silence_timeout) return socket_->abort();
  send("ping", "{}");
  timer_.start(socket_->loop(), ping_interval_ms, [this] { beat(); });
}

void PlainSocket::on_closed(WebSocket&, std::uint16_t) {
  timer_.cancel();
  if (Clients* clients = here_()) clients->remove(client_);
  client_ = ClientId::none;
}

}  // namespace tiketi::http::live
