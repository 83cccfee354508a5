#pragma once
// The box office's door is the waiting room's, in one process.

#include <tiketi/box_office/admissions.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <span>
#include <vector>

namespace tiketi {

/// The rooms must outlive it.
class RoomAdmissions final : public Admissions {
 public:
  explicit RoomAdmissions(WaitingRoom& rooms) : rooms_(rooms) {}

  std::vector<Result<void>> check(std::span<const AdmissionClaim> claims) override {
    std::vector<AdmissionQuestion> questions;
    questions.reserve(claims.size());
    for (const AdmissionClaim& each : claims) questions.push_back({each.event_id, each.user_id, each.entry_token});
    return rooms_.check(questions);
  }

 private:
  WaitingRoom& rooms_;
};

}  // namespace tiketi
