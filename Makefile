# Everything a developer runs. `make` lists it; what it needs is set up in .venv on the way.

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
PIP := $(RUN) pip --quiet --disable-pip-version-check
TABLES := segdsl/syntax/segdsl.tables
GROCER := examples/completejourney
# A package of data, whose own dependencies nothing needs.
RECORDS := examples/rfm_nine_box/requirements.txt
# The data that examples make.
MADE := $(filter examples/%,$(shell cat .gitignore))

# The first of these that is Python 3.11 or newer; `make PYTHON=… test` names another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for found in python3 python3.13 python3.12 python3.11 python; do \
	"$$found" -c '$(NEW_ENOUGH)' 2>/dev/null && { echo "$$found"; break; }; done)

# How many random programs `make fuzz` tries, each of about ten segments.
FUZZ ?= 2000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-engines test-floors fuzz lint format docs bench dist clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: $(VENV)/.ready $(TABLES) ## Make the virtual environment, with segdsl and the tools in it

# Without the stamp of an earlier time, a .venv is what an interrupted set-up left: it is made anew.
$(VENV)/.ready: pyproject.toml hatch_build.py Makefile $(RECORDS)
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "segdsl needs Python 3.11 or newer, and found none: name one, as in 'make PYTHON=/usr/bin/python3.12 test'" >&2; \
		exit 1; }
	@echo "Setting up $(VENV) with $$("$(PYTHON)" --version); this takes a minute, once"
	@test -e $@ || "$(PYTHON)" -m venv --clear $(VENV)
	@rm -f $@
	@$(PIP) install --editable '.[dev]'
	@$(PIP) install --no-deps --requirement $(RECORDS)
	@touch $@

$(TABLES): grammar/segdsl.lark segdsl/syntax/tables.py $(VENV)/.ready
	@$(RUN) segdsl.syntax.tables

demo: setup ## Sort a grocer's households into segments
	@$(BIN)/python $(GROCER)/prepare.py
	$(BIN)/segdsl -C $(GROCER) check
	$(BIN)/segdsl -C $(GROCER) compile win_back --as-of 2017-12-31
	$(BIN)/segdsl -C $(GROCER) validate --as-of 2017-12-31

test: lint ## Run lint and all tests
	$(RUN) pytest -q -n auto --dist loadgroup

fuzz: setup ## Try many random programs on the interpreter and DuckDB
	FUZZ=$(FUZZ) $(RUN) pytest -q -n auto --dist load tests/properties

lint: setup ## Check style, format, types and who imports whom
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports --no-logo

format: setup ## Format the code, and mend what ruff can
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

docs: setup ## Put into the manual what commands print now, and make its made pages
	$(RUN) tests.docs

test-floors: $(VENV)-floors/.ready ## Run all tests with the oldest versions that segdsl runs on
	$(VENV)-floors/bin/python -m pytest -q -n auto --dist loadgroup

$(VENV)-floors/.ready: pyproject.toml tests/floors.txt $(RECORDS)
	@echo "Setting up $(VENV)-floors"
	@"$(PYTHON)" -m venv --clear $(VENV)-floors
	@$(VENV)-floors/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint tests/floors.txt --editable '.[test]'
	@$(VENV)-floors/bin/python -m pip --quiet --disable-pip-version-check install \
		--no-deps --requirement $(RECORDS)
	@touch $@

# Nine engines are run for real, and Snowflake as far as an emulation goes: `make ENGINES=sqlite,postgres test-engines`
# runs some of them. MariaDB comes as a package of Debian's.
ENGINES ?= all

test-engines: $(VENV)-engines/.ready $(VENV)-fakesnow/.ready ## Run every spec case on every engine that can be had
	@command -v mariadbd >/dev/null || { test "$$(id -u)" = 0 && apt-get install -y -qq --no-install-recommends mariadb-server; } || { \
		echo "MariaDB is needed: apt-get install --no-install-recommends mariadb-server" >&2; exit 1; }
	SEGDSL_ENGINES=$(ENGINES) SEGDSL_FAKESNOW_PYTHON=$(CURDIR)/$(VENV)-fakesnow/bin/python \
		$(VENV)-engines/bin/python -m pytest -q -rs tests/engines tests/sql/dialects

$(VENV)-engines/.ready: pyproject.toml
	@echo "Setting up $(VENV)-engines: some 2 GB"
	@"$(PYTHON)" -m venv --clear $(VENV)-engines
	@$(VENV)-engines/bin/python -m pip --quiet --disable-pip-version-check install --editable '.[engines,spark]'
	@touch $@

# It pins versions of its own.
$(VENV)-fakesnow/.ready: Makefile
	@echo "Setting up $(VENV)-fakesnow"
	@"$(PYTHON)" -m venv --clear $(VENV)-fakesnow
	@$(VENV)-fakesnow/bin/python -m pip --quiet --disable-pip-version-check install \
		fakesnow==0.12.1 'snowflake-connector-python<5'
	@touch $@

bench: setup ## Measure: start-up, check of many segments, and where the time goes
	$(RUN) benchmarks

dist: setup ## Build the wheel and the source package into dist/
	$(RUN) hatchling build

clean: ## Remove all that is made here
	rm -rf $(VENV) $(VENV)-floors $(VENV)-engines $(VENV)-fakesnow dist $(TABLES) $(MADE)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
