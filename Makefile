# `make demo` sets up and runs the grocer example; `make test` sets up a virtual environment and runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

GROCER := examples/completejourney

.PHONY: setup demo test lint docs clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml grammar/segdsl.lark
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m segdsl.syntax.tables
	touch $@

demo: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(GROCER)/requirements.txt
	$(BIN)/python $(GROCER)/prepare.py
	$(BIN)/segdsl -C $(GROCER) check
	$(BIN)/segdsl -C $(GROCER) compile win_back --as-of 2017-12-31
	$(BIN)/segdsl -C $(GROCER) validate --as-of 2017-12-31

test: setup
	$(BIN)/python -m pytest -q

lint: setup
	$(BIN)/ruff check segdsl tests
	$(BIN)/mypy segdsl

docs: setup
	$(BIN)/python -m tests.docs

clean:
	rm -rf $(VENV)
