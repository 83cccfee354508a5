#include "run.hpp"

#include "app.hpp"
#include "config.hpp"
#include "stop_deadline.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <csignal>

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <utility>

namespace tiketi::http {
namespace {

/// For handlers that still run after the grace period, and for what the batchers and chores have begun.
constexpr std::int64_t after_grace_ms = 5'000;

sigset_t stop_signals() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGTERM);
  sigaddset(&out, SIGINT);
  return out;
}

int fail(const Error& error) {
  std::cerr << "tiketi-server: " << error.message;
  for (const Detail& each : error.details)
    if (each.name == "cause" || each.name == "file") std::cerr << " (" << each.value << ")";
  std::cerr << "\n";
  return error.code == Errc::invalid_argument ? 2 : 1;
}

/// Every connection is a file: as many as the system allows.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Many threads that each have a heap of their own keep in each what a burst has taken: a few heaps, and pages and
/// buffers outside them, are given back. Holds were as many and resident memory a quarter less.
void keep_memory_small() {
#ifdef __GLIBC__
  constexpr int heaps = 2;
  constexpr int largest_in_a_heap = 256 * 1024;
  mallopt(M_ARENA_MAX, heaps);
  mallopt(M_MMAP_THRESHOLD, largest_in_a_heap);
#endif
}

int serve(const Config& config) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads, so that all of them inherit it
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_files();
  keep_memory_small();
  auto app = App::make(config);
  if (!app) return fail(app.error());
  if (const auto started = (*app)->start(); !started) return fail(started.error());
  const std::string host = config.address == "0.0.0.0" || config.address == "::" ? "127.0.0.1" : config.address;
  // In one piece: the log writes to the same stream, from a thread of its own.
  const std::string scheme = config.tls_certificate.empty() ? "http://" : "https://";
  std::cout << "listening on " + scheme + host + ":" + std::to_string((*app)->port()) + "\n" << std::flush;
  int received = 0;
  sigwait(&signals, &received);
  std::cerr << "tiketi-server: stopping; another signal ends it at once\n";
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  const StopDeadline deadline(config.grace_ms + after_grace_ms);
  (*app)->stop();
  app->reset();  // with all its threads
  return 0;
}

int print_routes() {
  const auto routes = list_routes();
  if (!routes) return fail(routes.error());
  for (const std::string& each : *routes) std::cout << each << "\n";
  return 0;
}

}  // namespace

int run(const std::string& program, std::vector<std::string> arguments) {
  const Invocation invocation = read_invocation(program, std::move(arguments));
  if (invocation.what == Invocation::What::told) return invocation.exit_code;
  if (invocation.what == Invocation::What::list_routes) return print_routes();
  const bool only_print = invocation.what == Invocation::What::print_config;
  if (only_print) std::cout << describe(invocation.config) << std::flush;
  if (const auto checked = check(invocation.config); !checked) return fail(checked.error());
  if (only_print) return 0;
  return serve(invocation.config);
}

}  // namespace tiketi::http
