# The programs of tests/hosts, what they load, and the slow tests that are no part of "make test".

test-hosts: fixtures static $(HOSTS)
	$(MAKE) lib DIAGNOSE=1
	BUILD=$(BUILD) PYTHON=$(PYTHON) bash tests/hosts/run.sh

HOST_HEADERS := $(wildcard tests/c/*.h) include/sandbox.h $(wildcard tests/hosts/*.h)

$(BUILD)/hosts/%: tests/hosts/%.c $(HOST_HEADERS) $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude -Itests/c $< $(LINK) -o $@

# Loads the library itself.
$(BUILD)/hosts/h_dlopen: tests/hosts/h_dlopen.c $(HOST_HEADERS) $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) $(WARNINGS) -Iinclude $< -ldl -pthread -o $@

$(BUILD)/hosts/%: tests/hosts/%.cpp include/sandbox.hpp $(HOST_HEADERS) $(LIB)
	@mkdir -p $(@D)
	$(CXX) -std=c++17 $(CFLAGS) $(WARNINGS) -Werror -Iinclude -Itests/c $< $(LINK) -o $@

## soak: mixed runs from 8 threads for MINUTES (1); what the process holds must not grow
.PHONY: soak
soak: fixtures $(BUILD)/hosts/soak
	$(BUILD)/hosts/soak $(or $(MINUTES),1)

## test-sanitizers: C tests and hosts under AddressSanitizer, UBSan, ThreadSanitizer and valgrind (see tests/sanitizers.sh)
.PHONY: test-sanitizers
test-sanitizers: fixtures $(BUILD)/tests/t_abi $(BUILD)/tests/t_fault
	BUILD=$(BUILD) CC=$(CC) CXX=$(CXX) bash tests/sanitizers.sh $(SANITIZERS)
