# Targets of the examples that need more of Debian's packages than the rest.

# Farms use Debian's own Python, which has these modules.
FARM_PYTHON ?= /usr/bin/python3

## test-judge: the judges in Python, C and C++ on 18 languages, whose reports are compared, and the page in a browser
.PHONY: test-judge
test-judge: $(EXAMPLES) $(BUILD)/examples/judge++
	bash examples/packages.sh $$(sed -n 's/^package = //p' examples/problems/languages.conf) chromium
	bash examples/test_judge.sh $(PYTHON)

## demo-farm: a judge over Celery and Redis that loses a worker; test-farm is the same with more submissions
.PHONY: demo-farm test-farm
demo-farm: lib
	bash examples/packages.sh python3-celery python3-redis redis-server
	$(FARM_PYTHON) examples/farm/demo.py examples/problems/sum

test-farm: lib
	bash examples/packages.sh python3-celery python3-redis redis-server
	$(FARM_PYTHON) examples/farm/demo.py --copies 2 examples/problems/sum examples/problems/guess
