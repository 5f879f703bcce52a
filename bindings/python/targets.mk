# Targets of the Python package.

PYTHON_DIR := bindings/python
MYPY       ?= mypy
SPHINX     ?= sphinx-build

## wheel: build/wheel/gosandbox-*.whl, with the library inside
.PHONY: wheel sdist
wheel: lib
	rm -f $(BUILD)/wheel/*.whl
	$(PYTHON) $(PYTHON_DIR)/backend/gosandbox_build.py wheel $(BUILD)/wheel

## sdist: the same as a source archive
sdist: | tools
	$(PYTHON) $(PYTHON_DIR)/backend/gosandbox_build.py sdist $(BUILD)/wheel

## test-wheel: the wheel, and pip install of the source tree, in fresh virtual environments
.PHONY: test-wheel
test-wheel: wheel sdist
	bash $(PYTHON_DIR)/tests/test_wheel.sh $(PYTHON) $(BUILD)

## test-typing: mypy --strict over the Python package and its tests
.PHONY: test-typing
test-typing: | tools-python
	cd $(PYTHON_DIR) && $(MYPY) --strict --cache-dir $(CURDIR)/$(BUILD)/mypy

## docs: the reference of the Python package, in build/docs/python
.PHONY: docs
docs: | tools-python
	PYTHONPATH=$(PYTHON_DIR) $(SPHINX) -q -E -W --keep-going -n -b html -d $(BUILD)/docs/doctrees $(PYTHON_DIR)/docs $(BUILD)/docs/python

.PHONY: tools-python
tools-python:
	@bash tests/tools.sh $(MYPY) $(SPHINX)

## bench-python: what a callback in Python costs
.PHONY: bench-python
bench-python: lib $(BUILD)/fixtures/called $(BUILD)/bench/libcallback.so $(BUILD)/bench/calls
	PYTHONPATH=$(PYTHON_DIR) $(PYTHON) $(PYTHON_DIR)/bench_callback.py $(BUILD)

$(BUILD)/bench/libcallback.so: bench/callback.c include/sandbox.h
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -shared -fPIC $< -o $@

$(BUILD)/bench/calls: bench/calls.c
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -static $< -o $@
