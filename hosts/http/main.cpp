#include "run.hpp"

int main(int argc, char** argv) {
  return tiketi::http::run("tiketi-server", std::vector<std::string>(argv + 1, argv + argc));
}
