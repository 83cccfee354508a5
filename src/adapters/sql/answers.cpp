// First answers to requests that may be repeated, in any SQL database.

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/base/text.hpp>

#include <map>
#include <string>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

/// A key of the table is never NULL.
constexpr Uuid nobody{~0ULL, ~0ULL};

Uuid stored_user(UserId user) { return user.is_nil() ? nobody : user.uuid; }

/// Whether a body goes into a column of texts as it is.
bool is_storable(std::string_view body) { return is_clean_text(body, body.size(), true); }

std::string encode(std::string_view body) {
  return to_base64url({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
}

std::string decode(std::string_view text) {
  const auto bytes = from_base64url(text).value_or(std::vector<std::uint8_t>());
  return {bytes.begin(), bytes.end()};
}

Answer answer_of(const Row& row) {
  Answer out;
  out.key.user_id = row.uuid(0) == nobody ? UserId{} : UserId{row.uuid(0)};
  out.key.key = row.text(1);
  out.fingerprint = static_cast<std::uint64_t>(row.integer(2));
  out.status = static_cast<std::int32_t>(row.integer(3));
  out.content_type = row.text(4);
  out.body = row.integer(6) == 0 ? std::string(row.text(5)) : decode(row.text(5));
  out.created_at = {row.integer(7)};
  return out;
}

using Found = std::map<AnswerKey, Answer>;

/// The keys must outlive the step.
Step select(std::span<const AnswerKey* const> keys, Found& found) {
  static const Statement statement =
      bulk_select("answers", {{"user_id", Type::uuid}, {"key", Type::text}},
                  "user_id, key, fingerprint, status, content_type, body, is_encoded, created_at");
  return {&statement,
          {column(keys, [](const AnswerKey& key) { return stored_user(key.user_id); }),
           column(keys, [](const AnswerKey& key) { return std::string_view(key.key); })},
          [&found](const Row& row) {
            Answer answer = answer_of(row);
            found.emplace(answer.key, std::move(answer));
          }};
}

class SqlAnswers final : public Answers {
 public:
  explicit SqlAnswers(Database& database) : database_(database) {}

  Result<std::vector<std::optional<Answer>>> find(std::span<const AnswerKey> keys) override {
    std::vector<const AnswerKey*> asked;
    for (const AnswerKey& key : keys) asked.push_back(&key);
    Found found;
    const Step step = select(asked, found);
    if (!asked.empty())
      if (auto done = read(database_, step); done.has_error()) return done.error();
    std::vector<std::optional<Answer>> out(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const auto at = found.find(keys[i]); at != found.end()) out[i] = at->second;
    return out;
  }

  Result<std::vector<Answer>> put_if_absent(std::span<const Answer> answers) override {
    for (const Answer& each : answers)
      if (auto sound = check(each); sound.has_error()) return sound.error();
    if (answers.empty()) return std::vector<Answer>();
    Found found;
    std::vector<const AnswerKey*> keys;
    std::map<AnswerKey, const Answer*> first;  // by key, so that batches meet in the same order
    for (const Answer& each : answers) {
      keys.push_back(&each.key);
      first.emplace(each.key, &each);
    }
    std::vector<const Answer*> distinct;
    for (const auto& [key, answer] : first) distinct.push_back(answer);
    std::vector<std::string> encoded(distinct.size());
    for (std::size_t i = 0; i < distinct.size(); ++i)
      if (!is_storable(distinct[i]->body)) encoded[i] = encode(distinct[i]->body);
    // An insertion that finds its key taken waits until the other's transaction is over, so the answer that was
    // first can be read after it.
    const std::vector<Step> steps{
        {&begin_write(), {}, {}}, insert(distinct, encoded), select(keys, found), {&commit(), {}, {}}};
    auto done = transact(database_, [&](Connection& connection) -> Result<void> {
      found.clear();
      if (auto ran = connection.run(steps); ran.has_error()) return ran;
      for (const AnswerKey* key : keys)
        if (!found.contains(*key)) return Error{Errc::version_conflict, "the first answer was pruned just now"};
      return {};
    });
    if (done.has_error()) return done.error();
    std::vector<Answer> out;
    for (const Answer& each : answers) out.push_back(found.at(each.key));
    return out;
  }

  Result<std::size_t> prune(Timestamp before, std::size_t limit) override {
    static const Statement erase(
        "DELETE FROM answers WHERE (user_id, key) IN "
        "(SELECT user_id, key FROM answers WHERE created_at < $1 ORDER BY created_at LIMIT $2) RETURNING 1");
    return remove_rows(database_, erase, {one(before.ms), one_limit(limit)});
  }

 private:
  static Step insert(std::span<const Answer* const> answers, const std::vector<std::string>& encoded) {
    static const Statement statement = bulk_insert("answers",
                                                   {{"user_id", Type::uuid},
                                                    {"key", Type::text},
                                                    {"fingerprint"},
                                                    {"status"},
                                                    {"content_type", Type::text},
                                                    {"body", Type::text},
                                                    {"is_encoded"},
                                                    {"created_at"}},
                                                   "ON CONFLICT DO NOTHING");
    std::vector<std::string_view> bodies;
    std::vector<std::int64_t> are_encoded;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      are_encoded.push_back(encoded[i].empty() ? 0 : 1);
      bodies.push_back(encoded[i].empty() ? std::string_view(answers[i]->body) : encoded[i]);
    }
    return {
        &statement,
        {column(answers, [](const Answer& answer) { return stored_user(answer.key.user_id); }),
         column(answers, [](const Answer& answer) { return std::string_view(answer.key.key); }),
         column(answers, [](const Answer& answer) { return static_cast<std::int64_t>(answer.fingerprint); }),
         column(answers, [](const Answer& answer) { return answer.status; }),
         column(answers, [](const Answer& answer) { return std::string_view(answer.content_type); }), std::move(bodies),
         std::move(are_encoded), column(answers, [](const Answer& answer) { return answer.created_at.ms; })},
        {}};
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<Answers> make_answers(Database& database) { return std::make_unique<SqlAnswers>(database); }

}  // namespace tiketi::sql
