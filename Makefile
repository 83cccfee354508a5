# make help tells what there is to do. Everything is built in build/.

# What building and testing takes on Debian 12; listed here and nowhere else.
packages := g++ cmake ninja-build ccache mold \
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libsqlite3-dev libpq-dev \
  libssl-dev libsodium-dev libcrypt-dev libqrencode-dev libpng-dev zlib1g-dev libspdlog-dev libfmt-dev prometheus-cpp-dev \
  libcli11-dev zbar-tools librsvg2-bin libgtest-dev libgmock-dev libbenchmark-dev sqlite3 postgresql
# Node with npm, for the contract tests and the page at /api-docs: wherever they come from; else Debian's.
node := $(shell command -v node >/dev/null && command -v npm >/dev/null || echo nodejs npm)
# What `make format` and the tidy preset take besides.
tools := clang-format clang-tidy

# What of the packages $(1) is not installed; nothing where there is no dpkg to ask.
missing = $(shell command -v dpkg-query >/dev/null && for package in $(1); do \
  dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || echo $$package; done)

tiketi := build/hosts/cli/tiketi
server := build/hosts/http/tiketi-server
demo := build/demo.db
port := 3001

.PHONY: help
help:
	@echo 'make run     installs what is missing, builds, seeds sample events and serves them on port $(port)'
	@echo 'make test    installs what is missing, builds everything and runs all tests'
	@echo 'make bench   measures, prints a table and writes build/bench.json'
	@echo 'make bench-http  the same for the HTTP server under load, beside a bare echo; writes build/bench-http.json'
	@echo 'make fuzz    runs the fuzzers for a minute each (clang)'
	@echo 'make format  brings all C++ files into the one format'
	@echo 'make deps    installs the packages that building takes (Debian 12)'

.PHONY: run
run: build-server api-docs
	rm -rf $(demo) $(demo)-wal $(demo)-shm $(demo).keys $(demo).sandbox $(demo).sandbox-wal $(demo).sandbox-shm
	$(tiketi) seed --store sqlite:$(demo)
	@echo
	@echo 'What to try, in another terminal:'
	@echo "  curl -s 'http://127.0.0.1:$(port)/api/events?status=on_sale'"
	@echo "  curl -s http://127.0.0.1:$(port)/health/all"
	@echo "  curl -s http://127.0.0.1:$(port)/api/auth/login --json '{\"email\": \"admin@tiketi.local\", \"password\": \"development-only\"}'"
	@echo '  a browser at http://127.0.0.1:$(port)/api-docs'
	@echo '  a whole purchase: the lines under "Buy a ticket" in README.md'
	@echo '  $(tiketi) verify --store sqlite:$(demo)'
	@echo 'Ctrl-C stops it.'
	@echo
	$(server) --store sqlite:$(demo) --profile development --address 127.0.0.1 --port $(port) --log-format text --log-level warning

.PHONY: test
test: build-all node_modules
	ctest --test-dir build --output-on-failure -j2

# The fuzzers by libFuzzer, a minute each; what they find stays in build/fuzz.
fuzzers := token ticket_code entry_token json request web_socket realtime
.PHONY: fuzz
fuzz: deps
	$(call install,$(call missing,clang))
	CXX=clang++ cmake -S . -B build/fuzz -G Ninja -DTIKETI_FUZZ=ON -DTIKETI_SANITIZE=address,undefined -DTIKETI_BENCH=OFF
	cmake --build build/fuzz --target $(addsuffix _fuzzer,$(fuzzers))
	for each in $(fuzzers); do mkdir -p build/fuzz/found/$$each && \
	  build/fuzz/tests/fuzz/$${each}_fuzzer -max_total_time=60 -max_len=5000 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/found/$$each- build/fuzz/found/$$each tests/fuzz/corpus/$$each || exit 1; done

.PHONY: bench
bench: build-all
	cmake --build build --target bench

.PHONY: bench-http
bench-http: build-all
	cmake --build build --target bench-http

.PHONY: build-server build-all
build-server: configure
	cmake --build build --target tiketi_cli tiketi_server
build-all: configure
	cmake --build build

.PHONY: configure
configure: deps api-docs
	cmake --preset default

.PHONY: deps
deps:
	$(call install,$(call missing,$(packages) $(node)))

.PHONY: node_modules
node_modules: node_modules/.package-lock.json
node_modules/.package-lock.json: package-lock.json | deps
	npm ci
	@touch $@

# The page at /api-docs is made of an npm package when the server is built; whoever has no network does without.
.PHONY: api-docs
api-docs: deps
	@$(MAKE) --no-print-directory node_modules || echo 'No npm packages: /api-docs will only link to the document.'

.PHONY: format
format:
	$(call install,$(call missing,$(tools)))
	find include src hosts tests bench examples -name '*.hpp' -o -name '*.cpp' | xargs clang-format -i

# Installs the packages $(1); without the right to, says how.
define install
@if [ -z "$(strip $(1))" ]; then :; \
elif [ "$$(id -u)" = 0 ]; then \
  export DEBIAN_FRONTEND=noninteractive; \
  apt-get update </dev/null && apt-get install -y --no-install-recommends $(strip $(1)) </dev/null; \
else \
  echo 'Packages are missing. Install them, then try again:'; \
  echo '  sudo apt-get install --no-install-recommends $(strip $(1))'; \
  exit 1; \
fi
endef
