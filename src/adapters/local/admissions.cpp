#include <tiketi/adapters/local.hpp>

namespace tiketi::local {
namespace {

class LocalAdmissions final : public Admissions {
 public:
  explicit LocalAdmissions(WaitingRoom& rooms) : rooms_(rooms) {}

  std::vector<Result<void>> check(std::span<const AdmissionClaim> claims) override {
    std::vector<AdmissionQuestion> questions;
    questions.reserve(claims.size());
    for (const AdmissionClaim& each : claims) questions.push_back({each.event_id, each.user_id, each.entry_token});
    return rooms_.check(questions);
  }

 private:
  WaitingRoom& rooms_;
};

}  // namespace

std::unique_ptr<Admissions> make_admissions(WaitingRoom& rooms) { return std::make_unique<LocalAdmissions>(rooms); }

}  // namespace tiketi::local
