# The commands of a checkout. Everything is installed into .venv and nothing outside it is touched,
# except by `make demo` and `make asterisk`, which say so before they fetch Asterisk or SIPp.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SETTINGS := pyproject.toml setup.py
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test bench bench-pacing lint docs venv machine asterisk clean

help:  ## List the targets
	@sed -n 's/^\([a-z%-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sed "s,^bench-%,bench-NAME," | expand -t 14

demo: $(VENV)/demo.stamp  ## Dial a list of people through a real Asterisk and print what happened to each
	$(BIN)/python -m tests.lab.demo

test: venv machine lint $(VENV)/dev.stamp  ## Run everything: ruff, import-linter, mypy, then the whole test suite
	$(BIN)/python -m pytest --numprocesses $(WORKERS) $(PYTEST_ARGS)

lint: $(VENV)/dev.stamp  ## Run ruff, import-linter and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy ccdialer

bench: $(VENV)/dev.stamp  ## Measure everything against its baseline and write bench.json
	$(BIN)/python -m tests.bench

bench-pacing: $(VENV)/dev.stamp  ## Hours: every pacing policy on the same days; BENCH_ARGS="--rows 'N5 *' --seeds 3" for less
	$(BIN)/python -m tests.bench.pacing $(BENCH_ARGS)

bench-%: $(VENV)/dev.stamp  ## Measure one thing
	$(BIN)/python -m tests.bench $*

docs: $(VENV)/dev.stamp  ## Write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

venv: $(VENV)/dev.stamp  ## Make .venv with all that development needs

machine: $(VENV)/dev.stamp  ## Say what this machine lacks for the whole test suite
	@$(BIN)/python -c 'from tests.lab.install import found; raise SystemExit(found() is None)' \
	    || echo "No Asterisk 20 or newer here: tests marked 'lab' cannot run. Get one: make asterisk"
	@command -v sipp >/dev/null \
	    || echo "No SIPp here: tests marked 'lab' cannot run. Get it: apt-get install sip-tester"
	@ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || command -v initdb >/dev/null \
	    || echo "No PostgreSQL here: tests marked 'postgres' cannot run. Get it: apt-get install postgresql"
	@command -v mariadbd >/dev/null || test -x /usr/sbin/mariadbd \
	    || echo "No MariaDB here: tests of CRMs in MySQL are skipped. Get it: apt-get install mariadb-server-core"

asterisk: $(VENV)/dev.stamp  ## Find Asterisk 20 or newer, or unpack one from Debian into ~/.cache/ccdialer
	@$(BIN)/python -c 'from tests.lab.install import asterisk; print(*asterisk().argv)'

clean:  ## Remove .venv, caches and what demo, bench and builds left behind
	rm -rf $(VENV) build dist demo-run bench.json *.egg-info .coverage
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null \
	    || { echo "There is no $(PYTHON); ccdialer needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "$$($(PYTHON) --version) is too old; ccdialer needs 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	    || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/demo.stamp: $(SETTINGS) | $(BIN)/python
	$(PIP) install --editable '.[fast]'
	@touch $@

$(VENV)/dev.stamp: $(SETTINGS) | $(BIN)/python
	$(PIP) install --editable '.[dev,fast,mysql,postgresql]'
	@touch $@ $(VENV)/demo.stamp
