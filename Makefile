# Tideover. `make` shows this help: every line with two signs is one.

SHELL = /bin/sh
BIN = .venv/bin
TIDEOVER = $(BIN)/tideover
PORT ?= 8000
# Any of Python 3.11 to 3.14: make PYTHON=/path/to/python3.12 setup
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null \
	&& echo "$$each" && break; done)

# Python keeps what it compiled, whatever the machine says: every command and every process of a test starts in half
# the time.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup check test demo demo-reset next-day serve bench
.DEFAULT_GOAL := help

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 | /p' Makefile | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z-]*\):.*## /  make \1: /p' Makefile

setup: .venv/.ready  ## bring uv and install everything locked into .venv

.venv/.ready: bootstrap.py pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Tideover needs Python 3.11, 3.12, 3.13 or 3.14, and finds none." \
	"Name one: make PYTHON=/path/to/python3.12 setup" >&2; exit 1; }
	@$(PYTHON) bootstrap.py
	@touch $@

demo: setup  ## two lenders' portfolios, worked for sixty days; TIDEOVER_HOME and PORT say where
	@exec $(TIDEOVER) demo --port $(PORT)

demo-reset: setup  ## the demo from its beginning
	@exec $(TIDEOVER) demo --reset --port $(PORT)

next-day: setup  ## in a running demo: on to the next day
	@exec $(TIDEOVER) next-day

serve: setup  ## web, worker and periodic jobs; DATABASE_URL and DATABASE_OWNER_URL name your own PostgreSQL
	@exec $(TIDEOVER) serve --port $(PORT)

check: setup  ## the static checks and every policy example, in seconds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint src/tideover/doors --lint --quiet
	$(BIN)/bandit --quiet --severity-level medium --recursive --configfile pyproject.toml src bootstrap.py tools
	$(BIN)/pyright
	$(TIDEOVER) check

test: setup  ## everything: the checks, the tests on two workers, the pages in a real browser
	$(BIN)/python tools/browser_parts.py
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -n 2 --dist worksteal
	DJANGO_ALLOW_ASYNC_UNSAFE=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile tests/browser

bench: setup  ## what each part takes at 100,000 accounts, against its bare counterpart
	$(BIN)/python -m bench
