#include "stage.hpp"

#include "verify.hpp"

#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/sqlite.hpp>

#include <stdexcept>

namespace tiketi::test {

namespace {

/// What happens depends on the seed alone, not on which thread is first.
CashierPolicy one_by_one() {
  CashierPolicy policy;
  policy.provider_calls_at_once = 1;
  return policy;
}

}  // namespace

Process::Process(int process_number, PortWatch& watch, Stores& stores, const Outside& outside, Defect defect)
    : number(process_number),
      broken(make_broken(defect, stores.box_office())),
      box_office_store(*broken, {watch, process_number}),
      catalog_store(stores.catalog(), {watch, process_number}),
      payment_store(stores.payments(), {watch, process_number}, defect == Defect::loses_payments),
      room_store(stores.waiting_rooms(), {watch, process_number}, defect),
      provider(outside.provider, {watch, process_number}),
      directory(local::make_event_directory(catalog_store)),
      inventory(local::make_inventory(box_office_store, outside.ids)),
      sales(local::make_sale_directory(catalog_store, box_office_store, payment_store)),
      rooms(room_store, *sales, outside.signer, outside.random, outside.clock, outside.rooms),
      admissions(rooms),
      catalog(catalog_store, *inventory, outside.clock, outside.ids),
      box_office(box_office_store, *directory, outside.clock, outside.ids, outside.policy, &admissions),
      reservations(box_office, box_office_store, *directory, catalog_store, outside.clock),
      cashier(payment_store, reservations, provider, outside.clock, outside.ids, one_by_one()),
      cancelled_events(catalog, catalog_store, payment_store, cashier, outside.clock) {}

Stage::Stage(Backend backend, Defect defect, PortWatch& watch, const Outside& outside)
    : backend_(backend), defect_(defect), watch_(watch), outside_(outside) {
  if (backend_ == Backend::sqlite) folder_ = std::make_unique<TemporaryDirectory>();
  witness_ = open();
  witness_->migrate().value();
  sales_ = local::make_sale_directory(witness_->catalog(), witness_->box_office(), witness_->payments());
  stores_.resize(process_count);
  processes_.resize(process_count);
  for (std::size_t i = 0; i < process_count; ++i) restart(i);
}

Stage::~Stage() {
  processes_.clear();
  stores_.clear();
  witness_.reset();
}

std::unique_ptr<Stores> Stage::open() const {
  if (backend_ == Backend::memory) return memory::make_stores();
  sqlite::Options options;
  options.durable = false;  // processes die here, not the machine
  options.readers = 1;
  options.busy_timeout_ms = 1'000;  // nobody has a transaction open between two calls of a port
  return std::move(sqlite::open((folder_->path() / "box.db").string(), options).value());
}

Result<std::vector<Finding>> Stage::verify() {
  const auto inventory = local::make_inventory(witness_->box_office(), outside_.ids);
  auto findings = verify_all(*witness_, *inventory);
  if (findings.has_error()) return findings;
  const auto more =
      verify_cancelled_events(witness_->catalog(), witness_->payments(), witness_->box_office(), outside_.clock.now());
  if (more.has_error()) return more.error();
  findings->insert(findings->end(), more->begin(), more->end());
  return findings;
}

std::unique_ptr<WaitingRoom> Stage::open_rooms() {
  return std::make_unique<WaitingRoom>(witness_->waiting_rooms(), *sales_, outside_.signer, outside_.random,
                                       outside_.clock, outside_.rooms);
}

Process* Stage::idle(std::size_t first) {
  for (std::size_t i = 0; i < process_count; ++i) {
    Process& process = *processes_[(first + i) % process_count];
    if (!process.busy) return &process;
  }
  return nullptr;
}

void Stage::restart(std::size_t number) {
  processes_[number].reset();
  stores_[number].reset();
  if (backend_ == Backend::sqlite) stores_[number] = open();
  Stores& stores = stores_[number] ? *stores_[number] : *witness_;
  processes_[number] = std::make_unique<Process>(static_cast<int>(number), watch_, stores, outside_, defect_);
}

}  // namespace tiketi::test
