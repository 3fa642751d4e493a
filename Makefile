# Two commands: `make demo` and `make test`. Each sets itself up; Python 3.11+ and make are all they need.
#   make demo [PORT=8000] [DATA=folder]   sample districts, served on http://127.0.0.1:PORT
#   make quick                            lint, rules, use cases and the tree itself: before each commit
#   make test                             everything that must hold, as CI runs it
#   make test-all                         the same, with large rosters, load and injected failures: before a release
#   make lint | bench | lock              the first part of test | the limits of bench/README.md | new lock files (needs uv)
#   make translations                     new sentences of the pages into the catalogues of api/web/translations
# PYTHON=/path/to/python3 chooses the interpreter; ARGS='-k fence' goes to pytest.

PORT    ?= 8000
DATA    ?=
PYTHON  ?= python3 python3.14 python3.13 python3.12 python3.11
WORKERS ?= 2
ARGS    ?=

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Universal: one lock for every platform and Python. No address of an index gets into it.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help demo quick test test-all lint bench lock translations
.NOTPARALLEL:

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

demo: $(VENV)/.run
	@$(BIN)/evenkeel demo --port "$(PORT)" $(if $(DATA),--data "$(DATA)")

quick: lint
	@echo "== rules, use cases and the tree itself on $(WORKERS) workers"
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal tests/domain tests/usecases tests/architecture $(ARGS)

test: lint
	@echo "== tests on $(WORKERS) workers"
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

test-all: lint
	@echo "== all tests on $(WORKERS) workers"
	@EVENKEEL_TEST_EXAMPLES=all $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "" $(ARGS)

lint: $(VENV)/.dev
	@echo "== ruff"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "== mypy --strict"
	@$(BIN)/mypy
	@echo "== import contracts"
	@$(BIN)/lint-imports

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

# Sentences that are new or were changed come out empty in each catalogue: fill them in. Those that went are left out.
translations: $(VENV)/.dev
	@$(BIN)/pybabel -q extract -F pyproject.toml --omit-header --add-location=file --sort-by-file -o $(VENV)/messages.pot api
	@for file in api/web/translations/*.po; do \
	  $(BIN)/pybabel -q update -i $(VENV)/messages.pot -o "$$file" -l "$$(basename "$$file" .po)" \
	    --omit-header --no-wrap --no-fuzzy-matching --ignore-obsolete || exit 1; \
	done

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: install it with 'python3 -m pip install uv' or from your system" >&2; exit 1; }
	$(LOCK) --extra build pyproject.toml -o requirements.lock
	$(LOCK) --extra build --extra dev pyproject.toml -o requirements-dev.lock

# A stamp per lock file: nothing is installed again until its lock or the project's declaration changes.
$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	@echo "== installing the locked packages (the first time takes about a minute)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements-dev.lock pyproject.toml
	@echo "== installing the locked packages and the tools for tests (the first time takes a minute or two)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.run $@

$(VENV)/.made:
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then touch $@; exit 0; fi; \
	found=; \
	for candidate in $(PYTHON); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Evenkeel needs Python 3.11 or newer, and none of these is: $(PYTHON)." >&2; \
	  echo "Install one, or name it: make demo PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$($$found --version) cannot make virtual environments: ensurepip is missing." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv   (or, for just this version, $$($$found -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'))" >&2; exit 1; \
	fi; \
	echo "== making $(VENV) with $$($$found --version)"; \
	"$$found" -m venv --clear $(VENV) && touch $@
