# Each target does all of its own set-up: a fresh clone, Python 3.11 or newer, and make.
# Nothing is installed outside of .venv, but by `make servers`, which needs root and says so. Another
# Python: make install PYTHON=/path/to/python

VENV := .venv
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
READY := $(VENV)/.installed
FUZZ_READY := $(VENV)/.fuzz-installed
PYTHONS := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3 python)
PYTEST_ARGS ?=
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz servers node install lint types contracts bench docs reference format check clean

help:
	@echo "make demo      two agents write to one another; takes a few seconds"
	@echo "make test      the tests; take about forty minutes, one after the other"
	@echo "make servers   Debian's Dovecot, Postfix, PostgreSQL, Chromium and npm, which tests start if they are there"
	@echo "make node      Node and other people's MCP clients, into build/node; tests install them, too, when they need them"
	@echo "make install   only set up .venv: leaves $(BIN)/postroom"
	@echo "make lint      style, types, import contracts"
	@echo "make check     lint, demo and tests: everything that CI runs"
	@echo "make docs      the site of docs/, in build/site; a broken link is an error"
	@echo "make reference write the pages of docs/ anew that the program writes"
	@echo "make bench     measure (BENCH_ARGS=--quick for less)"
	@echo "make fuzz      look for mail that breaks the parser, for FUZZ_SECONDS=$(FUZZ_SECONDS)"
	@echo "make format    put the code into its style"
	@echo "make clean     remove .venv and what tools left behind"

demo: $(READY)
	@$(BIN)/postroom demo

test: $(READY)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

# atheris is large and only for this; where it has no wheel, mails are changed by chance.
fuzz: $(FUZZ_READY)
	@$(BIN)/python tests/fuzz/parse.py --seconds $(FUZZ_SECONDS)

servers:
	@bash tests/servers/install.sh

node: $(READY)
	@$(BIN)/python tests/node_programs.py

install: $(READY)
	@echo "Installed: $(BIN)/postroom"

lint: types contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

contracts: $(READY)
	@$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/python bench/run.py $(BENCH_ARGS)

# Every warning counts, and each is told before it ends: a link or an anchor that leads nowhere, a page
# in no list of docs/index.md.
docs: $(READY)
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky --fresh-env \
	  --conf-dir docs/site --doctree-dir build/doctrees --builder html . build/site
	@echo "Built: build/site/index.html"

reference: $(READY)
	@$(BIN)/python docs/site/reference

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: lint demo test

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find server tools tests bench -type d -name __pycache__ -prune -exec rm -rf {} +

$(FUZZ_READY): $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	@touch $@

# Made anew where what is wanted has changed. Each candidate is really run: a shim may be there and
# its Python not; a Debian python3 may be there and its venv module not.
$(READY): pyproject.toml constraints.txt
	@set -e; \
	if [ ! -x $(BIN)/python ] || ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  found=; \
	  for python in $(PYTHONS); do \
	    if "$$python" -c 'import sys, ensurepip, sqlite3, ssl, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	    then found="$$python"; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Postroom needs Python 3.11 or newer, with its venv and sqlite3 modules." >&2; \
	    echo "None of these is one: $(PYTHONS)" >&2; \
	    for python in $(PYTHONS); do \
	      echo "  $$python: $$("$$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3]); import ensurepip, sqlite3, ssl, venv' 2>&1 | tr '\n' ' ' | cut -c 1-100)" >&2; \
	    done; \
	    echo "Install one (on Debian and Ubuntu also python3-venv), or name it: make PYTHON=/path/to/python" >&2; \
	    exit 1; \
	  fi; \
	  echo "Setting up $(VENV) with $$("$$found" --version)."; \
	  "$$found" -m venv --clear $(VENV); \
	fi; \
	echo "Installing what constraints.txt pins."; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	touch $@
