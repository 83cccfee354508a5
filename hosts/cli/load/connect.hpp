#pragma once
// A connection to the server.

#include "load/address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>

namespace tiketi::load {

/// Connects, and sets the socket to neither delay nor block. On loopback the numbers 0 to 1,999 come from 127.0.0.1,
/// the next 2,000 from 127.0.0.2 …, so that a bound on the connections of one client is not what is measured. A receive
/// buffer of 0 bytes is one that the system sizes. Broken if it fails.
boost::asio::ip::tcp::socket connect(boost::asio::io_context& io, const Address& server, std::size_t number,
                                     int receive_buffer_bytes = 0);

}  // namespace tiketi::load
