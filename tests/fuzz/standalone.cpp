// A main for fuzzers where there is no libFuzzer: feeds them the corpus, and then mutations of it for a while. The seed
// is printed; TIKETI_FUZZ_SEED repeats a run, TIKETI_FUZZ_SECONDS makes it longer. On a crash the input that did it is
// in the file crash-input of the current directory, and giving that file as an argument repeats it.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t max_input_bytes = 5'000;

const Input* running = nullptr;

/// Only what a signal handler may call.
void keep_input(int signal) {
  const int file = ::open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0 && running != nullptr) {
    const ssize_t written = ::write(file, running->data(), running->size());
    static_cast<void>(written);
    ::close(file);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input) {
  running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Input read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Input(std::istreambuf_iterator<char>(file), {});
}

std::vector<Input> read_corpus(int count, char** arguments) {
  std::vector<Input> out{Input()};
  for (int i = 1; i < count; ++i) {
    const std::filesystem::path path = arguments[i];
    if (!std::filesystem::is_directory(path)) {
      out.push_back(read(path));
      continue;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::directory_iterator(path)) files.push_back(each.path());
    std::sort(files.begin(), files.end());
    for (const auto& each : files) out.push_back(read(each));
  }
  return out;
}

class Mutator {
 public:
  Mutator(std::vector<Input> corpus, std::uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {}

  Input next() {
    Input out = corpus_[below(corpus_.size())];
    for (std::size_t count = 1 + below(6); count > 0; --count) mutate(out);
    if (out.size() > max_input_bytes) out.resize(max_input_bytes);
    return out;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  Input::iterator place_in(Input& input) {
    return input.begin() + static_cast<std::ptrdiff_t>(below(input.size() + 1));
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }

  void mutate(Input& input) {
    static constexpr char interesting[] = ".{}[]\":,-0123456789eE\\/=_+% \n\r\t&?#";
    switch (below(8)) {
      case 0:
        input.insert(place_in(input), byte());
        break;
      case 1:
        input.insert(place_in(input), static_cast<std::uint8_t>(interesting[below(sizeof interesting)]));
        break;
      case 2:
        if (!input.empty()) input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 3:
        if (!input.empty()) input[below(input.size())] = byte();
        break;
      case 4: {  // drop a piece
        const auto begin = place_in(input);
        input.erase(begin,
                    begin + static_cast<std::ptrdiff_t>(below(static_cast<std::size_t>(input.end() - begin) + 1)));
        break;
      }
      case 5: {  // double a piece
        const std::size_t begin = below(input.size() + 1);
        const Input piece(input.begin() + static_cast<std::ptrdiff_t>(begin),
                          input.begin() + static_cast<std::ptrdiff_t>(begin + below(input.size() - begin + 1)));
        input.insert(place_in(input), piece.begin(), piece.end());
        break;
      }
      case 6: {  // the beginning of one, the end of another
        const Input& other = corpus_[below(corpus_.size())];
        input.erase(place_in(input), input.end());
        input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1)), other.end());
        break;
      }
      default:
        input.insert(place_in(input), below(200), byte());
    }
  }

  std::vector<Input> corpus_;
  std::mt19937_64 random_;
};

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

int main(int count, char** arguments) try {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, keep_input);
  const std::uint64_t seed = number_of("TIKETI_FUZZ_SEED", std::random_device()());
  const std::chrono::seconds time(number_of("TIKETI_FUZZ_SECONDS", 2));
  const std::vector<Input> corpus = read_corpus(count, arguments);
  std::printf("seed %llu, %zu inputs in the corpus\n", static_cast<unsigned long long>(seed), corpus.size());
  std::fflush(stdout);
  for (const Input& each : corpus) run(each);
  Mutator mutator(corpus, seed);
  const auto end = std::chrono::steady_clock::now() + time;
  std::uint64_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; ++runs) run(mutator.next());
  std::printf("%llu mutations\n", static_cast<unsigned long long>(runs));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
