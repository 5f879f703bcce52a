# The accuracy suite: build/accuracy/accuracy and the program that it runs.

ACCURACY := $(BUILD)/accuracy/accuracy $(BUILD)/accuracy/work

## accuracy: figures and verdicts of programs that know what they use, 50 tries in each of 16 settings, 20 minutes
.PHONY: accuracy test-accuracy
accuracy: $(ACCURACY)
	$(BUILD)/accuracy/accuracy 50

# The same with few tries.
test-accuracy: $(ACCURACY)
	$(BUILD)/accuracy/accuracy 2

$(BUILD)/accuracy/accuracy: $(wildcard tests/accuracy/*.[ch]) tests/c/check.h include/sandbox.h $(LIB)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -Iinclude $(filter-out %/work.c,$(filter %.c,$^)) $(LINK) -o $@

$(BUILD)/accuracy/work: tests/accuracy/work.c | tools
	@mkdir -p $(@D)
	$(CC) -O1 -std=gnu11 -Wall -pthread -static $< -o $@
