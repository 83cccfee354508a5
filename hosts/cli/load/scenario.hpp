#pragma once
// What the connections of a load run ask, and how their answers are judged.

#include "load/response_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::load {

class Stage;

/// An answer is what was asked for (`done`), a proper refusal (`refused`: a seat is taken, the server is overloaded),
/// or not what the contract promises (`wrong`).
enum class Judgement : std::uint8_t { done, refused, wrong };

struct Verdict {
  Judgement judgement = Judgement::done;
  std::string why;  ///< of a refusal the code word; of a wrong answer a sentence
};

/// A scenario runs in rounds: it makes ready what a round takes, the connections ask until it has nothing more to ask
/// or the time is over, and it reads back from the server whether what was answered is so.
class Scenario {
 public:
  virtual ~Scenario() = default;

  /// The names of the kinds of its requests; each has figures of its own.
  virtual std::vector<std::string> kinds() const = 0;

  /// Makes a round ready: events, reservations. Throws Broken. Not measured.
  virtual void prepare(Stage& stage) = 0;

  /// The connection's next request: its bytes into `request`, which is empty, its kind into `kind`. False if this
  /// connection has nothing more to ask in this round. Connections are called from several threads if there are.
  virtual bool next(std::size_t connection, std::string& request, std::size_t& kind) = 0;

  /// The answer to the connection's last request.
  virtual Verdict judge(std::size_t connection, const Response& response) = 0;

  /// There will be no answer to the connection's last request: what it did is not known.
  virtual void lost(std::size_t) {}

  /// Reads the round's outcome back; notes on the stage what is wrong. Not measured.
  virtual void verify(Stage& stage) = 0;
};

/// What each scenario is called, is for, and is meant to run with.
struct ScenarioInfo {
  std::string_view name;
  std::string_view about;
  std::int32_t connections;
  bool may_be_watched = false;  ///< sells one event after the other, so that --watchers have one to watch
};
const std::vector<ScenarioInfo>& scenario_infos();

/// The scenario of that name (of scenario_infos, but for `idle` and `sockets`, which do not ask in rounds). Its set-up
/// happens in `prepare`.
std::unique_ptr<Scenario> make_scenario(std::string_view name);

}  // namespace tiketi::load
