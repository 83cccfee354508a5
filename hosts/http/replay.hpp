#pragma once
// The first answer again, for requests that bring the same idempotency key (BO6).

#include "server/server.hpp"

#include <tiketi/ports/answers.hpp>
#include <tiketi/ports/clock.hpp>

namespace tiketi::http {

/// For ServerOptions::around; Deferred routes know their keys themselves. Answers that may differ the next time (5xx,
/// 408, 409, 429, Response::passing) are not kept: the key may try again. A second request with a key whose first is
/// still being worked on is told 409. `answers` and `clock` must outlive it.
///
/// If we crash between the action and the keeping of its answer, the action is done again: those that move money or
/// places know the key themselves, or find it done, and don't act twice.
Around replay_by(Answers& answers, Clock& clock);

}  // namespace tiketi::http
