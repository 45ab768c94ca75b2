# earshot: `make run` and `make test` need nothing but Swift on a Debian or Ubuntu machine.

SWIFT ?= swift
# The program holds Swift's libraries, where the toolchain has them to be linked: so it starts sooner, is faster, and the
# machine that it runs on needs libpcap, libseccomp, zlib, libzstd and mimalloc alone.
TOOLCHAIN := $(shell $(SWIFT) -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p')
STATIC := $(if $(wildcard $(TOOLCHAIN)/lib/swift_static/.),--static-swift-stdlib)
LINKER := $(if $(wildcard $(TOOLCHAIN)/bin/ld.lld),-Xswiftc -use-ld=lld)
RELEASE := -c release $(STATIC) $(LINKER)
# The program as it is installed: built twice, the second time by what the first one counted.
OPTIMIZE = SWIFT="$(SWIFT)" RELEASE="$(RELEASE)" TOOLS="$(TOOLCHAIN)/bin" deploy/optimize.sh
SAMPLES ?= $(wildcard captures/*.pcap captures/*.pcapng)

.PHONY: run build test record accept format lint sanitize mutants bench workloads instructions accept-instructions measured tools libraries settings live watching soak rate sandbox commandline install deb

# Analyzes the sample captures, trusting the authorities of the lab that they were recorded in. Exit status 1 says that something was found: 0 and 1 are both success here.
run: build
	@bin=$$($(SWIFT) build $(RELEASE) --show-bin-path) && { "$$bin/earshot" --trust captures/authorities.pem -r $(SAMPLES) || test $$? -eq 1; }

build: libraries
	$(SWIFT) build $(RELEASE) --product earshot

test: libraries
	$(SWIFT) test

# Records the sample captures anew, between real servers in network namespaces (root), and accepts what Earshot says of
# them as the golden files: read the difference before committing it.
record:
	captures/record.sh

# Rewrites the golden files from what Earshot says today; read the difference before committing it.
accept: libraries
	EARSHOT_ACCEPT=1 $(SWIFT) test --filter "GoldenTests|CardMarkdownTests"

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

# Every capture, whole and cut at 200 random lengths, under the address sanitizer.
# The runner for XCTest, which has nothing to run, would leak and fail it.
sanitize: libraries
	EARSHOT_CUTS=200 $(SWIFT) test --disable-xctest --sanitize=address --scratch-path .build-asan --filter RobustnessTests

# Empties each rule in turn and shows that a test notices.
mutants: libraries
	Tests/mutants.sh

# Lets Postfix, Exim and OpenSMTPD check the settings that docs/findings.md tells people to paste (root, Debian).
settings:
	@python3 Tests/settings.py

# Listens to Postfix and Exim in network namespaces (root, Debian), and compares with the same packets from a file.
live: build
	@python3 Tests/live.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/earshot"

# Listens to interfaces that come and go, to more than can be looked at, and is sent signals (root).
watching: build
	@python3 Tests/watching.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/earshot"

# Listens for SOAK_MINUTES to mixed load while interfaces, disk and files come and go (root).
soak: measured
	@python3 Tests/wire/soak.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)"

# Sends at rising rates, with Earshot beside the bare loop, and says who lost what (root, a quiet machine).
rate: tools
	@program=$$($(OPTIMIZE)) && python3 Tests/wire/rate.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)" "$$program"

# What a command line, a shell and Ctrl-C can do to it (a part of it as root).
commandline: build
	@python3 Tests/commandline.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/earshot"

# Takes the listening process over and shows what it can still do (root, Debian, x86-64).
sandbox: build
	@python3 Tests/sandbox.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)/earshot"

# The program, its manual page, completions, and a unit for systemd, below $(DESTDIR)$(PREFIX).
PREFIX ?= /usr/local
install: tools
	@program=$$($(OPTIMIZE)) && SWIFT="$(SWIFT)" deploy/install.sh "$$program" "$(DESTDIR)" "$(PREFIX)"

# A Debian package, in .build.
deb: tools
	@program=$$($(OPTIMIZE)) && SWIFT="$(SWIFT)" deploy/deb.sh "$$program" .build

# Measures Earshot, the bare libpcap loop and the peers that are installed, in turn; docs/performance.md has the options.
bench: tools
	@program=$$($(OPTIMIZE)) && python3 Tests/bench/bench.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)" "$$program"

# Small workloads of every kind: each session as it is, and the same output with one thread and with two.
workloads: measured
	@python3 Tests/bench/check.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)"

# Instructions on small workloads, which no neighbour on the machine changes, against Tests/bench/instructions.tsv; and that a
# packet which brings nothing new asks for no memory.
instructions: measured
	@python3 Tests/bench/instructions.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)"
	@python3 Tests/bench/packets.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)"

# Takes what is measured as what may be needed from now on; say in the commit why it changed.
accept-instructions: measured
	@python3 Tests/bench/instructions.py "$$($(SWIFT) build $(RELEASE) --show-bin-path)" --accept

measured: build tools

tools: libraries
	$(SWIFT) build $(RELEASE) --product workload
	$(SWIFT) build $(RELEASE) --product pcap-loop

# Headers of the C libraries, installed where they are missing; of mimalloc, which pkg-config does not know, the linker tells.
LINKS = echo 'int main(void) { return 0; }' | $(if $(wildcard $(TOOLCHAIN)/bin/clang),$(TOOLCHAIN)/bin/clang,$(CC)) $(if $(LINKER),-fuse-ld=lld) -x c -o /dev/null -
libraries:
	@{ pkg-config --exists libpcap zlib libzstd libseccomp tomlplusplus && $(LINKS) -lmimalloc; } 2>/dev/null || { \
	  packages="libpcap-dev zlib1g-dev libzstd-dev libseccomp-dev libtomlplusplus-dev libmimalloc-dev pkg-config"; \
	  if [ "$$(id -u)" = 0 ]; then as_root=; \
	  elif sudo -n true 2>/dev/null; then as_root="sudo -n"; \
	  else echo "headers are missing, and installing them takes root: apt-get install $$packages" >&2; exit 1; fi; \
	  echo "headers are missing; installing $$packages" >&2; \
	  $$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$packages >/dev/null; }
