# Everything that is done with this checkout, each by one word. Only `setup` changes the machine, and only when run as root.
SHELL := /bin/sh
PYTHON := .venv/bin/python
RUN := PYTHONPATH=cython $(PYTHON) -m
BENCH := PYTHONPATH=bench $(PYTHON) -m piker_bench
PYTEST_ARGS ?=
BENCH_ARGS ?=
# cython-lint starts pycodestyle by name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup chart test fuzz soak lint format build constraints wheel release-check bench bench-compare dashboard \
	bench-quick bench-check bench-results bench-setup clean

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## set everything up: system packages, .venv, compiled parts
	@sh cython/piker_build/setup.sh

chart: setup ## open the chart of the demo market; without a display, draw it into piker.png
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then .venv/bin/piker chart; \
	else .venv/bin/piker chart --screenshot piker.png --exit-after 3; fi

test: ## set everything up, then run every test
	@sh cython/piker_build/setup.sh test
	cargo test --quiet
	$(PYTHON) -m pytest -n 2 --dist loadgroup -m 'not soak' $(PYTEST_ARGS)

fuzz: ## run random inputs through the Rust kernels under AddressSanitizer for half a minute
	@sh rust/fuzz/asan.sh --seconds 30

soak: setup ## the checks that take minutes: all orders of memory accesses, Miri, more inputs, mutants, long tests
	cargo test --quiet --release --package piker-ordering
	sh rust/miri.sh
	@sh rust/fuzz/asan.sh --seed 1000000 --inputs 150000
	$(PYTHON) -m pytest -m soak $(PYTEST_ARGS)

lint: ## set everything up, then look for mistakes without running anything
	@sh cython/piker_build/setup.sh
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy python/piker tests cython/piker_build bench
	.venv/bin/stubtest piker._rust piker._cython
	.venv/bin/cython-lint cython
	.venv/bin/lint-imports
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets -- --deny warnings

format: setup ## put everything into the one form
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format
	cargo fmt --all

build: setup ## compile what changed

constraints: setup ## pin the newest versions of all dependencies
	$(RUN) piker_build.constraints

wheel: setup ## build the wheels into dist/
	$(RUN) piker_build.wheel

release-check: wheel ## install the wheels in empty environments and run the demo there
	$(RUN) piker_build.release_check

bench: bench-setup ## run the benchmarks and keep their figures for this commit; BENCH_ARGS='--bench NAME' for some
	cd bench && asv machine --yes >/dev/null
	cd bench && asv run --python=$(CURDIR)/$(PYTHON) --set-commit-hash $$(git rev-parse HEAD) $(BENCH_ARGS)

bench-compare: bench-setup ## build the commits BASE and HEAD, run the benchmarks on both and compare; BENCH_ARGS as above
	$(BENCH).compare $(or $(BASE),$(error name a commit: make bench-compare BASE=main)) $(BENCH_ARGS)

dashboard: bench-setup ## write the dashboard of all kept figures to bench/html and, at a terminal, serve it
	@[ -n "$$(ls bench/.asv/results 2>/dev/null)" ] || { echo 'piker: no figures are kept yet: run make bench first' >&2; exit 1; }
	cd bench && asv publish
	@if [ -t 1 ]; then cd bench && asv preview; else echo 'bench/html is written; at a terminal this would serve it'; fi

bench-quick: bench-setup ## run every benchmark once, at up to a million rows: do they run, are results right
	cd bench && asv check --python=$(CURDIR)/$(PYTHON)
	$(BENCH).quick

bench-check: bench-setup ## measure what has a bar, and fail where one is missed
	$(BENCH).check

bench-results: bench-setup ## as bench-check, and write bench/RESULTS.md
	$(BENCH).check --write bench/RESULTS.md

bench-setup:
	@sh cython/piker_build/setup.sh bench

clean: ## remove what was built
	rm -rf .venv dist target build bench/html .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f python/piker/_rust*.so python/piker/_cython/*.so
