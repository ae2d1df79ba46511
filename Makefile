# Everything a newcomer needs: `make` lists it, `make demo` shows the product, `make test` proves it.
# Needs python3 (3.11 or newer), make and a network; works as root and as an ordinary user.

.DEFAULT_GOAL := help
SHELL := /bin/sh

BIN := .venv/bin

# An account without a home has nowhere to cache.
no_cache = $(shell mkdir -p "$${XDG_CACHE_HOME:-$$HOME/.cache}" 2>/dev/null || echo --no-cache)
uv_install = $(BIN)/uv pip install --quiet $(no_cache) --python $(BIN)/python --constraint constraints.txt

# Where the machine has certificates of its own, a company's among them, uv trusts those rather than the ones it brings.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt),true,false)

# Debian packages that some tests drive; the command each of them brings stands before the colon.
TEST_PACKAGES := promtool:prometheus chromium:chromium chromedriver:chromium-driver systemd-analyze:systemd prometheus-alertmanager:prometheus-alertmanager openssl:openssl dovecot:dovecot-imapd

# How many tests run at a time; those of one file run one after another.
JOBS ?= 2

.PHONY: help setup demo test lint packages bench schema dashboards clean

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

setup: $(BIN)/.dev ## virtual environment with everything for development

demo: $(BIN)/.runtime ## a running syncd with simulated vendors, nothing to configure
	$(BIN)/syncd demo

test: $(BIN)/.dev packages lint ## set up, lint, and run every test (CI=1: a skipped test is a failure)
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile

lint: $(BIN)/.dev ## format, style, types, architecture; changes nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(BIN)/.bench ## the benchmarks, one after another
	@set -e; for bench in tests/performance/bench_*.py; do \
		test -e "$$bench" || { echo "no benchmark yet"; break; }; \
		echo "== $$bench"; PYTHONPATH=. $(BIN)/python "$$bench"; \
	done

schema: $(BIN)/.runtime ## regenerate config/schema.json from the settings model
	@mkdir -p config
	$(BIN)/syncd schema > config/schema.json.new
	@mv config/schema.json.new config/schema.json

dashboards: $(BIN)/.dev ## regenerate deploy/grafana/dashboards and deploy/prometheus/METRICS.md
	$(BIN)/python -m deploy.grafana.source
	$(BIN)/python -m syncd.telemetry.reference > deploy/prometheus/METRICS.md

clean: ## remove whatever was made here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .demo dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- how the environment comes about -------------------------------------------------------------------------------

# The newest Python that runs, is new enough and can make virtual environments; `make PYTHON=...` decides otherwise.
# A version manager's stand-in on the PATH may refuse to run, so each candidate is tried, not only looked up.
find_python = for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3) ''; do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; test -n "$$python"

# Debian keeps the tools that make environments in a package. `--clear`: one whose making was interrupted is made anew.
$(BIN)/uv:
	@$(find_python) || { $(call install_packages,python3-venv) && $(find_python); } || { \
		echo "make: needs Python 3.11 or newer with venv (Debian: python3-venv); or say make PYTHON=/path/to/python3" >&2; \
		exit 1; }; \
	echo "making .venv with $$("$$python" --version)"; \
	"$$python" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(BIN)/.runtime: $(BIN)/uv pyproject.toml constraints.txt
	$(uv_install) --editable .
	@touch $@

$(BIN)/.dev: $(BIN)/uv pyproject.toml constraints.txt
	$(uv_install) --editable '.[dev]'
	@touch $(BIN)/.runtime $@

# The packages that ours is measured beside; nothing else needs them.
$(BIN)/.bench: $(BIN)/.dev
	$(uv_install) --editable '.[dev,bench]'
	@touch $@

# Only root on Debian may install; everybody else is told, and the tests in question skip.
install_packages = { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& { apt-get -qq update || true; } \
		&& DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $(1) >/dev/null; }

packages:
	@missing=; for pair in $(TEST_PACKAGES); do \
		command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair#*:}"; \
	done; \
	test -z "$$missing" || { echo "installing$$missing"; $(call install_packages,$$missing); } \
		|| echo "NOT INSTALLED:$$missing - the tests that need them will skip (as root: apt-get install$$missing)"
