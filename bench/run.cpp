#include "bench.hpp"

#include <iostream>

namespace tiketi::bench {

std::string Run::new_file(const std::string& name) const {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(directory / (name + suffix));
  return directory / name;
}

void Run::add(Row row) {
  print_table(std::cerr, {&row, 1});
  rows.push_back(std::move(row));
}

}  // namespace tiketi::bench
