#pragma once
// What a process that sells was told, noted by the test that reads its output.

#include "support/process.hpp"

#include <gtest/gtest.h>
#include <tiketi/box_office/store.hpp>

#include <map>
#include <string>
#include <vector>

namespace tiketi::test {

struct Acknowledged {
  std::map<ReservationId, ReservationStatus> latest;
  std::string last_line;

  void note(const std::string& line) {
    last_line = line;
    const std::size_t space = line.find(' ');
    const auto id = space == std::string::npos ? std::nullopt : ReservationId::parse(line.substr(space + 1));
    if (!id) return;
    const std::string word = line.substr(0, space);
    latest[*id] = word == "held"   ? ReservationStatus::pending
                  : word == "sold" ? ReservationStatus::confirmed
                                   : ReservationStatus::cancelled;
  }

  void note_all(Process& process) {
    for (std::string line; process.read_line(line);) note(line);
  }

  /// Every acknowledged change is there: a hold is stored, whatever became of it since; what came of it stays.
  void expect_kept(BoxOfficeStore& store) const {
    std::vector<ReservationId> ids;
    for (const auto& [id, status] : latest) ids.push_back(id);
    const auto found = store.reservations(ids).value();
    std::size_t i = 0;
    for (const auto& [id, status] : latest) {
      const auto& stored = found[i++];
      ASSERT_TRUE(stored) << "lost: " << id.text();
      if (status != ReservationStatus::pending) {
        EXPECT_EQ(stored->status, status) << id.text();
      }
    }
  }
};

}  // namespace tiketi::test
