# `make test` sets up a virtual environment and runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup test lint clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml grammar/segdsl.lark
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m segdsl.syntax.tables
	touch $@

test: setup
	$(BIN)/python -m pytest -q

lint: setup
	$(BIN)/ruff check segdsl tests
	$(BIN)/mypy segdsl

clean:
	rm -rf $(VENV)
