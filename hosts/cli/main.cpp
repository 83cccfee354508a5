#include "run.hpp"

int main(int argc, char** argv) { return tiketi::cli::run(argc, argv); }
