#include "server/server.hpp"

#include "server/dispatch.hpp"
#include "server/encoding.hpp"
#include "server/loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace tiketi::http {

struct Server::Impl {
  Site site;
  ClientCounts clients;
  std::unique_ptr<TlsContext> tls;
  std::vector<std::unique_ptr<Loop>> loops;
  std::uint16_t port = 0;
  std::mutex stop_mutex;
  bool stopped = false;

  Result<void> open_tls() {
    const ServerOptions& options = site.options;
    if (options.tls_certificate_file.empty() && options.tls_key_file.empty()) return {};
    try {
      tls = std::make_unique<TlsContext>(options.tls_certificate_file, options.tls_key_file);
    } catch (const std::exception& error) {
      return Error{Errc::invalid_argument,
                   "the TLS certificate or key can't be used",
                   {{"field", "tls_certificate_file"}, {"cause", error.what()}}};
    }
    return {};
  }

  Result<void> listen() {
    const ServerOptions& options = site.options;
    if (Result<void> free = check_port(options.address, options.port); !free) return free;
    const unsigned count = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    port = options.port;
    for (unsigned i = 0; i < count; ++i) {
      loops.push_back(std::make_unique<Loop>(site, clients, tls.get()));
      const Result<std::uint16_t> got = loops.back()->listen(options.address, port);
      if (!got) {
        loops.clear();
        return got.error();
      }
      port = *got;  // the first loop finds a free one, the others share it
    }
    return {};
  }

  void wait_until_gone(std::chrono::steady_clock::time_point deadline) const {
    while (site.connections > 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
};

Server::Server(ServerOptions options, Router router) : impl_(std::make_unique<Impl>()) {
  impl_->site.options = std::move(options);
  impl_->site.router = std::move(router);
}

Server::~Server() { stop(0); }

Result<void> Server::start() {
  Impl& self = *impl_;
  if (Result<void> tls = self.open_tls(); !tls) return tls;
  self.site.standing = standing_headers(self.tls != nullptr);
  if (Result<void> pools = open_pools(self.site); !pools) return pools;
  if (Result<void> listening = self.listen(); !listening) return listening;
  for (const auto& each : self.loops) each->start();
  return {};
}

std::uint16_t Server::port() const noexcept { return impl_->port; }

void Server::stop(std::int64_t grace_ms) {
  Impl& self = *impl_;
  const std::lock_guard lock(self.stop_mutex);
  if (std::exchange(self.stopped, true)) return;
  self.site.stopping = true;
  for (const auto& each : self.loops) each->wind_down();
  self.wait_until_gone(std::chrono::steady_clock::now() + std::chrono::milliseconds(grace_ms));
  close_pools(self.site);
  for (const auto& each : self.loops) each->abort();
  for (const auto& each : self.loops) each->join();
  for (const auto& each : self.site.pools) each->join();
}

std::vector<std::shared_ptr<EventLoop>> Server::loops() const {
  std::vector<std::shared_ptr<EventLoop>> out;
  for (const auto& each : impl_->loops) out.push_back(each->events());
  return out;
}

const Router& Server::router() const noexcept { return impl_->site.router; }
std::size_t Server::connections() const noexcept { return impl_->site.connections; }

}  // namespace tiketi::http
