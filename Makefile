# gosandbox. `make help` lists the targets.

GO       ?= go
CC       ?= cc
CXX      ?= c++
PYTHON   ?= python3
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
DESTDIR  ?=
CFLAGS   ?= -O2 -g

BUILD    := build
VERSION  := $(shell awk '/define GOSANDBOX_VERSION_(MAJOR|MINOR|PATCH)/ {v = v s $$3+0; s = "."} END {print v}' include/sandbox.h)
SONAME   := libgosandbox.so.1
# DIAGNOSE=1: a crash in the host's code names its functions and lines as well; see capi/diagnose.go. In a folder of its own.
ifdef DIAGNOSE
BUILD    := $(BUILD)/diagnose
GO_TAGS  := -tags diagnose
GO_STRIP :=
else
GO_STRIP := -s -w
endif
LIB      := $(BUILD)/libgosandbox.so
WARNINGS := -Wall -Wextra -pedantic
# Programs in build/ and in build/*/ find the library without being told.
LINK     := -L$(BUILD) -lgosandbox -pthread -Wl,-rpath,'$$ORIGIN/..' -Wl,-rpath,'$$ORIGIN'
# checklinkname: capi/scavenger.go reaches into the runtime.
BUILDLIB  = CGO_ENABLED=1 $(GO) build -buildmode=c-shared -trimpath $(GO_TAGS) -ldflags "$(GO_STRIP) -checklinkname=0 -extldflags '$(LINKLIB)'"
LINKLIB  := -Wl,-soname,$(SONAME) -Wl,--version-script=$(CURDIR)/capi/exports.map -Wl,-z,relro,-z,now -Wl,--wrap=pthread_create,--wrap=mmap

GO_SOURCES := go.mod go.sum include/sandbox.h \
	$(shell find capi core tracee tracer internal -name '*.go' -o -name '*.s' -o -name '*.[ch]' -o -name '*.map')
FIXTURES   := $(patsubst tests/fixtures/%.c,$(BUILD)/fixtures/%,$(wildcard tests/fixtures/*.c))
C_TESTS    := $(patsubst tests/c/%.c,$(BUILD)/tests/%,$(wildcard tests/c/t_*.c)) $(BUILD)/tests/t_abi_cxx
HOSTS      := $(patsubst tests/hosts/%.c,$(BUILD)/hosts/%,$(wildcard tests/hosts/h_*.c)) \
	$(patsubst tests/hosts/%.cpp,$(BUILD)/hosts/%,$(wildcard tests/hosts/h_*.cpp))
EXAMPLES   := $(BUILD)/examples/minimal $(BUILD)/examples/features $(BUILD)/examples/run $(BUILD)/examples/judge $(BUILD)/examples/callback $(BUILD)/examples/learn

.DEFAULT_GOAL := lib
.DELETE_ON_ERROR:

## lib: build/libgosandbox.so (the default); with DIAGNOSE=1 build/diagnose/libgosandbox.so
.PHONY: lib
lib: $(LIB)

$(LIB): $(BUILD)/$(SONAME)
	@ln -sf $(SONAME) $@

$(BUILD)/$(SONAME): $(GO_SOURCES) | tools
	@mkdir -p $(BUILD)
	$(BUILDLIB) -o $@.new ./capi
	@rm -f $(BUILD)/*.h
	@mv $@.new $@

# The same with points of failure for the tests.
$(BUILD)/fault/$(SONAME): $(GO_SOURCES) | tools
	@mkdir -p $(@D)
	$(BUILDLIB) -tags fault -o $@.new ./capi
	@rm -f $(@D)/*.h
	@mv $@.new $@
	@ln -sf $(SONAME) $(@D)/libgosandbox.so

## demo: build all that it needs and judge the sample problem
.PHONY: demo
demo: $(EXAMPLES)
	$(BUILD)/examples/judge examples/problems/sum

## examples: the programs of examples/c, in build/examples
.PHONY: examples
examples: $(EXAMPLES)

include examples/c/sources.mk
$(EXAMPLES): $(BUILD)/examples/%: examples/c/%.c $(wildcard examples/c/*.[ch]) include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< $(addprefix examples/c/,$($*_SOURCES)) $(LINK) -o $@

$(BUILD)/examples/judge++: examples/cpp/judge.cpp examples/cpp/problem.hpp include/sandbox.hpp include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CXX) -std=c++17 $(CFLAGS) $(WARNINGS) -Iinclude $< $(LINK) -o $@

## test: every test; the parts are test-go, test-c, test-accuracy, test-hosts, test-python and test-examples
.PHONY: test test-go test-c test-hosts test-python test-examples
test: test-go test-c test-accuracy test-hosts test-python test-examples

test-go: fixtures
	CGO_ENABLED=0 $(GO) test ./core/... ./tracee/... ./tracer/... ./internal/...

test-c: fixtures $(C_TESTS)
	bash tests/run_c.sh

include tests/hosts/hosts.mk
include tests/accuracy/accuracy.mk

test-python: lib fixtures
	PYTHONPATH=bindings/python $(PYTHON) -m unittest discover -s bindings/python/tests -t bindings/python

## test-languages: programs of many languages under their profiles; LANGUAGES="python jvm" selects; root gets what is missing installed
LANGUAGES ?=
.PHONY: test-languages
test-languages: lib
	PYTHONPATH=bindings/python $(PYTHON) tests/languages/run.py $(LANGUAGES)

test-examples: $(EXAMPLES)
	bash examples/test_examples.sh

# Programs that are run in the sandbox: static unless their second line says otherwise, because those start faster.
.PHONY: fixtures
fixtures: $(FIXTURES) $(BUILD)/bench/nothing

$(BUILD)/fixtures/%: tests/fixtures/%.c $(wildcard tests/fixtures/*.h) | tools
	@mkdir -p $(@D)
	@$(CC) -O1 -std=gnu11 -Wall -pthread $(shell sed -n '2{/link: dynamic/!s/.*/-static/p}' $<) $< -o $@

$(BUILD)/tests/%: tests/c/%.c $(wildcard tests/c/*.h) include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< $(LINK) -o $@

# Loads the library itself.
$(BUILD)/tests/t_threads: tests/c/t_threads.c $(wildcard tests/c/*.h) include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Wno-pedantic -Iinclude $< -ldl -pthread -o $@

$(BUILD)/tests/t_fault $(BUILD)/tests/t_entries: $(BUILD)/tests/%: tests/c/%.c tests/c/check.h include/sandbox.h $(BUILD)/fault/$(SONAME)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< -L$(BUILD)/fault -lgosandbox -pthread -Wl,-rpath,'$$ORIGIN/../fault' -o $@

$(BUILD)/tests/t_abi_cxx: tests/c/t_abi.c $(wildcard tests/c/*.h) include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CXX) -x c++ -std=c++17 $(CFLAGS) $(WARNINGS) -Iinclude $< -x none $(LINK) -o $@

-include bindings/python/targets.mk
include examples/targets.mk

## test-race: the Go tests under the race detector
.PHONY: test-race
test-race: fixtures
	CGO_ENABLED=1 $(GO) test -race ./core/... ./tracee/... ./tracer/... ./internal/...

## fuzz: every fuzz target for FUZZTIME (30s), each in its turn; what one finds is kept in its testdata
FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: | tools
	@set -e; for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' core tracee tracer internal | xargs -n1 dirname | sort -u); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$dir/*_test.go); do \
			echo "$$dir $$name"; CGO_ENABLED=0 $(GO) test ./$$dir -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME); \
		done; \
	done

## bench: speed, as ratios against a floor taken in the same run
.PHONY: bench
bench: $(BUILD)/bench/spawn $(BUILD)/bench/profiles $(BUILD)/bench/decide $(BUILD)/bench/load $(BUILD)/bench/nothing
	-@bash tests/tools.sh bwrap
	$(BUILD)/bench/spawn
	$(BUILD)/bench/profiles
	$(BUILD)/bench/decide
	$(BUILD)/bench/load

$(BUILD)/bench/nothing: bench/nothing.c | tools
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -static -nostdlib -ffreestanding -fno-stack-protector $< -o $@

$(BUILD)/bench/spawn $(BUILD)/bench/profiles $(BUILD)/bench/decide: $(BUILD)/bench/%: bench/%.c include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< $(LINK) -o $@

$(BUILD)/bench/load: bench/load.c include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< -ldl -pthread -o $@

## check: format, vet, generated files, the header as C99 and C++17, cross-builds, house rules
.PHONY: check
check: | tools
	@test -z "$$(gofmt -l capi core tracee tracer internal | tee /dev/stderr)" || { echo "check: run gofmt -w on these" >&2; exit 1; }
	$(GO) vet ./...
	$(GO) mod verify
	$(GO) run ./internal/generate -check
	$(CC) -std=c99 $(WARNINGS) -Werror -fsyntax-only -x c include/sandbox.h
	$(CXX) -std=c++17 $(WARNINGS) -Werror -fsyntax-only -x c++ include/sandbox.h
	for cxx in $(CXX) $$(command -v clang++); do \
		$$cxx -std=c++17 $(WARNINGS) -Wconversion -Wshadow -Werror -fsyntax-only -x c++ include/sandbox.hpp || exit 1; done
	CGO_ENABLED=0 $(GO) build ./core/... ./tracee/... ./tracer/... ./internal/...
	CGO_ENABLED=0 GOARCH=arm64 $(GO) vet ./core/... ./tracee/... ./tracer/... ./internal/...
	bash tests/house.sh
	$(PYTHON) -m compileall -q bindings/python/gosandbox

## generate: the files that are made from include/sandbox.h
.PHONY: generate
generate: | tools
	$(GO) run ./internal/generate

include capi/package/install.mk

## clean: remove what was built
.PHONY: clean
clean:
	rm -rf $(BUILD)
	find bindings -name __pycache__ -type d -prune -exec rm -rf {} +

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# A missing tool is named with the Debian package that brings it; root gets it installed.
.PHONY: tools
tools:
	@bash tests/tools.sh $(GO) $(CC) $(CXX) $(PYTHON)
