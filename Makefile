# Two commands do everything: `make demo` shows the shop at work, `make test` proves the package.
# Both need Python >= 3.11, git and make; what else they need they install under this directory.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo serve test test-covered test-heavy test-pythons test-amqp test-browser bench bench-full bench-layers fuzz model torture torture-report lint types docs screenshots clean

DEMO := .venv-demo
TOX := .venv-tox
BENCH := .venv-bench
export PEERS

# The first Python that starts and is new enough; `make PYTHON=/path/to/python` overrides it.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $$python && break; done)

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(DEMO)/.installed ## run the example shop once, on SQLite and the embedded worker
	$(DEMO)/bin/python -m example_app.demo

serve: $(DEMO)/.installed ## keep the example shop running for a browser or curl
	$(DEMO)/bin/python -m example_app.serve

test: $(TOX)/.installed ## run every test but the slow ones, the linters, mypy and the documentation's snippets
	$(TOX)/bin/tox run -e lint,whole

test-covered: $(TOX)/.installed ## the same, and fail where under 95 % of the branches are run
	$(TOX)/bin/tox run -e lint,covered

test-heavy: $(TOX)/.installed ## run the slow tests: torture, fuzz, histories, 100,000 steps, long outages
	$(TOX)/bin/tox run -e heavy

# The suite runs on the Python that tox runs on; on the others, the tests that a Python could break. `lint` is named
# because tox calls a run in which every environment was skipped a failure.
test-pythons: $(TOX)/.installed ## run on the other Pythons what a Python could break
	@own=$$($(TOX)/bin/python -c 'import sys; print("py%d%d" % sys.version_info[:2])'); \
	others=$$(printf 'py311\npy312\npy313\n' | grep -vx "$$own" | paste -sd, -); \
	$(ALL_PYTHONS) $(TOX)/bin/tox run-parallel --parallel-no-spinner -e "lint,$$others" -- -m 'not slow and not amqp and not browser' tests/unit tests/store tests/example_app tests/reliability/test_watchdog.py

# How long the monkey rages, and what its choices are drawn from: make torture SECONDS=60 SEED=7. Without a seed, a new one.
SECONDS ?= 300
SEED ?=
TORTURE = $(ALL_PYTHONS) $(TOX)/bin/tox run -e torture -- --database all --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

torture: $(TOX)/.installed ## kill, pause and cut off everything while thousands of tasks run, and count
	@$(TORTURE)

torture-report: $(TOX)/.installed ## the same, and write the counts to docs/torture.md
	@$(TORTURE) --report docs/torture.md

test-amqp: $(TOX)/.installed ## run the dispatch conformance suite over RabbitMQ, which must be installed
	$(TOX)/bin/tox run -e amqp

test-browser: $(TOX)/.installed ## look at every page of the dashboard in Chromium, which must be installed
	$(TOX)/bin/tox run -e browser

# REQUESTS=50000 sends more; SEED=7 draws every choice from it.
REQUESTS ?= 20000

fuzz: $(TOX)/.installed ## send the API thousands of requests made from its OpenAPI document, good and bad
	$(ALL_PYTHONS) $(TOX)/bin/tox run -e fuzz -- --requests $(REQUESTS) $(if $(SEED),--seed $(SEED))

model: $(TOX)/.installed ## tell fifty times as many random histories of the engine as `make test-heavy`
	HYPOTHESIS_PROFILE=heavy $(ALL_PYTHONS) $(TOX)/bin/tox run -e py311 -- tests/model -x

# Beside the other engines where PEERS names the folder in which they were set up: make bench PEERS=/path/to/them.
# TASKER_BENCH_DATABASE_URL and TASKER_BENCH_REDIS_URL name servers to use instead of starting some.
bench: $(BENCH)/.installed ## measure rates, latency and starts, in ten minutes; PEERS=folder compares
	$(BENCH)/bin/python -m benchmarks

bench-full: $(BENCH)/.installed ## the same three times, and growth, history, fleets, idle workers and the API: hours
	$(BENCH)/bin/python -m benchmarks --full

bench-layers: $(BENCH)/.installed ## measure single layers: what a claim, a record, a creation costs
	$(BENCH)/bin/python -m pytest benchmarks/layers -p no:xdist

lint: $(TOX)/.installed ## check style, format and the direction of imports
	$(TOX)/bin/tox run -e lint

types: $(TOX)/.installed ## run mypy in strict mode
	$(TOX)/bin/tox run -e types

docs: $(TOX)/.installed ## build the documentation into site/, run its snippets and follow its links
	$(TOX)/bin/tox run -e docs

screenshots: $(TOX)/.installed ## take the documentation's pictures of the dashboard in Chromium, which must be installed
	$(TOX)/bin/tox run -e screenshots

clean: ## remove what make has made
	rm -rf $(DEMO) $(TOX) $(BENCH) .tox instance build dist site .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pyenv puts a shim for every Python on the PATH, but only the selected one starts: look where they really are.
PYENV_BINS = $(shell pyenv versions --bare 2>/dev/null | grep -E '^3\.1[1-3]\.[0-9]+$$' | \
	while read -r version; do printf ':%s/bin' "$$(pyenv prefix "$$version")"; done)
ALL_PYTHONS = PATH="$$PATH$(PYENV_BINS)"

$(DEMO)/.installed: pyproject.toml
	$(call make_environment,$(DEMO))
	@echo "Installing the package and what the example app needs into $(DEMO)"
	@$(DEMO)/bin/python -m pip install --quiet --editable '.[example]'
	@touch $@

$(TOX)/.installed: Makefile
	$(call make_environment,$(TOX))
	@echo "Installing tox into $(TOX)"
	@$(TOX)/bin/python -m pip install --quiet 'tox>=4.22'
	@touch $@

$(BENCH)/.installed: pyproject.toml
	$(call make_environment,$(BENCH))
	@echo "Installing the package and what the benchmarks need into $(BENCH)"
	@$(BENCH)/bin/python -m pip install --quiet --editable '.[example]' --group bench
	@touch $@

# $(call make_environment,DIRECTORY): a virtual environment with a current pip, or a message that says what is missing.
define make_environment
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python >= 3.11 was found on the PATH: install one, or run make PYTHON=/path/to/python" >&2; exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv package" \
		"(on Debian and Ubuntu: apt install python3-venv), or run make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --upgrade pip
endef
