// keys

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/system.hpp>

#include <filesystem>

namespace tiketi::cli {
namespace {

/// Where they are, which must be known.
Result<std::string> named_directory(const Session& session) {
  std::string directory = keys_directory(session);
  if (!directory.empty()) return directory;
  return Error{Errc::invalid_argument, "name the directory of the keys: --keys DIR", {{"field", "keys"}}};
}

Error no_keys(const std::string& directory) {
  return {Errc::unavailable, "there are no keys in " + directory +
                                 "; `tiketi serve` makes them when it starts, and so does "
                                 "`tiketi keys rotate`"};
}

}  // namespace

Ended run(const KeysShowCommand&, Session& session) {
  const auto directory = named_directory(session);
  if (directory.has_error()) return directory.error();
  std::error_code unknown;
  for (const char* kind : {"/tokens", "/tickets"})  // opening would make them
    if (!std::filesystem::exists(*directory + kind, unknown)) return no_keys(*directory);
  const auto tokens = crypto::open_rs256_signer(*directory + "/tokens", make_system_clock()->now());
  if (tokens.has_error()) return tokens.error();
  const auto tickets = crypto::open_ticket_signer(*directory + "/tickets");
  if (tickets.has_error()) return tickets.error();
  const boost::json::value jwks = boost::json::parse((*tokens)->jwks());
  boost::json::array ticket_keys;
  const TicketKeyId signing = (*tickets)->key_id();
  for (const TicketPublicKey& each : (*tickets)->public_keys())
    ticket_keys.push_back({{"id", each.id.text()}, {"signing", each.id == signing}, {"pem", crypto::to_pem(each)}});
  if (session.json()) {
    print_json(session.terminal,
               {{"directory", *directory}, {"tokens", jwks.at("keys")}, {"tickets", std::move(ticket_keys)}});
    return ExitCode::ok;
  }
  std::ostream& out = session.terminal.out;
  out << "Keys in " << *directory << "\n\nAccess tokens (RS256); the last one signs:\n";
  for (const auto& each : jwks.at("keys").as_array()) out << "  " << each.at("kid").as_string().c_str() << '\n';
  out << "\nTicket codes (Ed25519); the first one signs:\n";
  for (const auto& each : ticket_keys)
    out << "  " << each.at("id").as_string().c_str() << '\n' << each.at("pem").as_string().c_str();
  return ExitCode::ok;
}

Ended run(const KeysRotateCommand& command, Session& session) {
  const auto directory = named_directory(session);
  if (directory.has_error()) return directory.error();
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const bool both = command.tokens == command.tickets;
  if (const auto noted = record(**services, "keys.rotate", "keys",
                                both             ? "all"
                                : command.tokens ? "tokens"
                                                 : "tickets");
      noted.has_error())
    return noted.error();
  boost::json::object told{{"directory", *directory}};
  Rows rows;
  if (both || command.tokens) {
    const auto made = crypto::rotate_rs256_keys(*directory + "/tokens", (*services)->clock().now());
    if (made.has_error()) return made.error();
    told["token_key"] = *made;
    rows.push_back({"Access tokens are signed by", *made});
  }
  if (both || command.tickets) {
    const auto made = crypto::rotate_ticket_keys(*directory + "/tickets");
    if (made.has_error()) return made.error();
    told["ticket_key"] = made->text();
    rows.push_back({"Ticket codes are signed by", made->text()});
  }
  if (session.json()) {
    print_json(session.terminal, std::move(told));
    return ExitCode::ok;
  }
  session.terminal.out << format_table(rows);
  if (both || command.tickets)
    session.terminal.out << "Running servers go on signing tickets by the old key until they are started anew.\n";
  return ExitCode::ok;
}

}  // namespace tiketi::cli
