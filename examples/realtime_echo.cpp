// Engine.IO at /engine.io/ and Socket.IO at /socket.io/, both of which send back what they are sent. For trying out
// clients, and for the tests of the protocol.

#include "realtime/host.hpp"
#include "server/server.hpp"

#include <CLI/CLI.hpp>

#include <pthread.h>
#include <sys/resource.h>
#include <csignal>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace tiketi;
using namespace tiketi::realtime;

/// Engine.IO alone.
class MessageEcho : public Application {
  void on_message(Engine& engine, const Message& message) override {
    engine.send(message.socket, message.is_binary ? binary_message(message.data) : text_message(message.data));
  }
};

/// Says what it was authorized with; `message` comes back as `message-back`, `message-with-ack` is acknowledged.
class EventEcho : public Application {
  void on_connect(Engine& engine, const ConnectRequest& request) override {
    if (request.name_space != "/" && request.name_space != "/custom") {
      engine.refuse(request.socket, "Invalid namespace");
      return;
    }
    const std::string auth = request.auth.empty() ? "{}" : std::string(request.auth);
    engine.accept(request.socket);
    emit(engine, request.socket, request.name_space, "auth", "[" + auth + "]", {});
  }

  void on_event(Engine& engine, const Event& event) override {
    std::vector<SharedText> attachments;
    for (const std::string& each : event.attachments) attachments.push_back(std::make_shared<const std::string>(each));
    if (event.name == "message")
      emit(engine, event.socket, event.name_space, "message-back", event.arguments, std::move(attachments));
    else if (event.name == "message-with-ack" && event.ack_id)
      engine.acknowledge(event.socket, *event.ack_id, event.arguments, std::move(attachments));
  }

  static void emit(Engine& engine, SocketId socket, std::string_view name_space, std::string_view event,
                   std::string_view arguments, std::vector<SharedText> attachments) {
    std::string text = encode_event(name_space, event, arguments, std::nullopt, attachments.size());
    engine.send(socket,
                {.text = std::make_shared<const std::string>(std::move(text)), .attachments = std::move(attachments)});
  }
};

struct Settings {
  http::ServerOptions server;
  SessionOptions session;
  std::int64_t connect_timeout_ms = ClientOptions().connect_timeout_ms;
  std::string engine_path = "/engine.io/";
  std::string socket_path = "/socket.io/";
  std::vector<std::string> origins;
};

/// False if the program should end with that code.
bool read(int argc, char** argv, Settings& out, int& code) {
  CLI::App app("Echoes over Engine.IO and Socket.IO.", "realtime_echo");
  out.server.address = "127.0.0.1";
  app.add_option("--address", out.server.address, "Where to listen")->capture_default_str();
  app.add_option("--port", out.server.port, "0: any free one, which is printed")->capture_default_str();
  app.add_option("--threads", out.server.threads, "For connections; 0: as many as there are cores");
  app.add_option("--engine-path", out.engine_path, "Of Engine.IO")->capture_default_str();
  app.add_option("--path", out.socket_path, "Of Socket.IO")->capture_default_str();
  app.add_option("--ping-interval", out.session.ping_interval_ms, "ms")->capture_default_str();
  app.add_option("--ping-timeout", out.session.ping_timeout_ms, "ms")->capture_default_str();
  app.add_option("--upgrade-timeout", out.session.upgrade_timeout_ms, "ms")->capture_default_str();
  app.add_option("--connect-timeout", out.connect_timeout_ms, "ms until a client must have joined a namespace")
      ->capture_default_str();
  app.add_option("--max-payload", out.session.max_payload_bytes, "bytes of a POST or message")->capture_default_str();
  app.add_option("--origin", out.origins, "A page that may connect, with cookies; may repeat. Without: all, without");
  try {
    app.parse(argc, argv);
    return true;
  } catch (const CLI::ParseError& error) {
    code = app.exit(error) == 0 ? 0 : 2;
    return false;
  }
}

void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const Settings& settings) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads, so that all of them inherit it
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_files();

  HostOptions options{.engine = {.session = settings.session, .client = {}}, .allowed_origins = settings.origins};
  options.engine.client.connect_timeout_ms = settings.connect_timeout_ms;
  // Whoever sends much before reading anything gets all of it back.
  options.engine.session.max_queued_bytes = 16 * settings.session.max_payload_bytes;
  options.engine.session.max_queued_packets = 100'000;
  RealtimeHost events(options, [](RealtimeHost&) { return std::make_unique<EventEcho>(); });
  options.engine.socket_io = false;
  RealtimeHost messages(options, [](RealtimeHost&) { return std::make_unique<MessageEcho>(); });

  http::Router router;
  events.add_to(router, settings.socket_path);
  messages.add_to(router, settings.engine_path);
  http::Server server(settings.server, std::move(router));
  if (const Result<void> started = server.start(); !started) {
    std::cerr << "realtime_echo: " << started.error().message << "\n";
    return 1;
  }
  events.start(server.loops());
  messages.start(server.loops());
  std::cout << "listening on http://" + settings.server.address + ":" + std::to_string(server.port()) + "\n"
            << std::flush;
  int received = 0;
  sigwait(&signals, &received);
  events.stop();
  messages.stop();
  constexpr std::int64_t grace_ms = 2'000;
  server.stop(grace_ms);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  Settings settings;
  int code = 0;
  return read(argc, argv, settings, code) ? serve(settings) : code;
} catch (const std::exception& error) {
  std::cerr << "realtime_echo: " << error.what() << "\n";
  return 1;
}
