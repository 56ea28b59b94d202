# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make run    installs what's needed and opens the app on the sample data
#   make test   installs what's needed, a browser too, and runs every test
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run install test check bench clean
run: $(VENV)/.runtime
	$(BIN)/python -m journey app

install: $(VENV)/.runtime

test: $(VENV)/.develop
	$(BIN)/python tests/browser/find_browser.py
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

bench: $(VENV)/.runtime
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet -r benchmarks/requirements-peers.txt
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) .venv-peers

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Portolan needs Python 3.11 or newer; set PYTHON to one, as in: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.develop: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@
