#pragma once
// What everybody reads.

#include "load/stage.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tiketi::load {

/// One request that is asked again and again, and its right answer.
class Page {
 public:
  /// What is wrong with a body, uncompressed; empty if nothing is.
  using Check = std::function<std::string(std::string_view body)>;

  /// Asks once; Broken if that is not answered right.
  Page(const Api& api, std::string_view target, const Extras& extras, Check check);
  /// The same page, asked for by who has it already: to be answered with 304.
  static std::unique_ptr<Page> unchanged(const Api& api, std::string_view target, const Extras& extras, Check check);

  const std::string& request() const { return request_; }
  std::size_t body_bytes() const { return reference_.size(); }

  /// A body equal to the one that was checked first is right. One that is not may be right too, since seats are being
  /// sold: of those, the first and then each 64th is checked, for checking costs more than answering.
  Verdict judge(const Response& response) const;

 private:
  std::string request_;
  unsigned status_ = 200;
  std::string reference_;
  bool compressed_ = false;
  Check check_;
  mutable std::atomic<std::uint32_t> others_{0};
};

std::unique_ptr<Page> event_list_page(const Api& api);
std::unique_ptr<Page> event_page(const Api& api, const std::string& event);
std::unique_ptr<Page> seat_map_page(const Api& api, const std::string& event);
std::unique_ptr<Page> unchanged_seat_map_page(const Api& api, const std::string& event);

/// `events-list`, `event-detail`, `seat-map`, `seat-map-304` and `get`: all connections read one page.
class Reads final : public Scenario {
 public:
  using Make = std::function<std::unique_ptr<Page>(Stage&)>;
  Reads(std::string kind, Make make) : kind_(std::move(kind)), make_(std::move(make)) {}

  std::vector<std::string> kinds() const override { return {kind_}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void verify(Stage&) override {}

 private:
  std::string kind_;
  Make make_;
  std::unique_ptr<Page> page_;
};

std::unique_ptr<Scenario> make_read_scenario(std::string_view name);  ///< nothing if it is none of them

}  // namespace tiketi::load
