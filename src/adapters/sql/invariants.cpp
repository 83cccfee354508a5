#include "adapters/sql/invariants.hpp"

#include "adapters/sql/run.hpp"

#include <string>
#include <utility>

namespace tiketi::sql {

namespace {

constexpr std::size_t max_findings = 100;

Finding finding_of(const Invariant& invariant, const Row& row) {
  std::string what;
  if (const Uuid id = row.uuid(0); !id.is_nil()) {
    what.resize(36);
    write_uuid(id, what.data());
    what += ": ";
  }
  what += invariant.what;
  for (int i = 1; i <= invariant.numbers; ++i) what += (i == 1 ? ": " : ", ") + std::to_string(row.integer(i));
  return {invariant.name, std::move(what)};
}

}  // namespace

Result<std::vector<Finding>> find_violations(Database& database, const std::vector<Invariant>& invariants) {
  std::vector<Finding> findings;
  std::vector<Step> steps{{&begin_read(), {}, {}}, {&read_all(), {}, {}}};
  for (const Invariant& invariant : invariants)
    steps.push_back({&invariant.query, {}, [&findings, &invariant](const Row& row) {
                       if (findings.size() < max_findings) findings.push_back(finding_of(invariant, row));
                     }});
  steps.push_back({&commit(), {}, {}});
  if (auto done = read(database, steps); done.has_error()) return done.error();
  return findings;
}

}  // namespace tiketi::sql
