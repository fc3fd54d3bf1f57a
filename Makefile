SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help run test check bench bench-drag weights docs screenshots clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## install, fetch the models, start the studio (http://127.0.0.1:8000; PORT=... to change)
	@scripts/install.sh
	@$(PY) -m tryon weights
	@exec $(PY) -m tryon serve

# One process: browser and server tests would take each other's cores. Where there are more than two,
# ARGS="-n 4 --dist loadfile" is faster.
test:  ## install, fetch the models, run all tests (ARGS="-k name" to choose)
	@scripts/install.sh dev
	@$(PY) -m tryon weights
	@$(PY) -m pytest $(ARGS)

check:  ## formatting, lint, types, then `make test` (import rules are tests)
	@scripts/install.sh dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	@$(MAKE) --no-print-directory test

bench:  ## time the pipeline and write docs/benchmark.md and the README's table
	@scripts/install.sh
	@$(PY) -m tryon weights
	@$(PY) -m benchmarks.draft

bench-drag:  ## time a dragged point until its draft is on the screen; writes docs/drag.md
	@scripts/install.sh dev
	@$(PY) -m tryon weights
	@$(PY) -m benchmarks.drag

weights:  ## fetch and verify the model files
	@scripts/install.sh
	@$(PY) -m tryon weights

docs:  ## render settings, errors and the Space header into README, .env.example and docs
	@scripts/install.sh dev
	@$(PY) -m scripts.render_docs

screenshots:  ## photograph the studio for the README (docs/images) and every state (screenshots/)
	@scripts/install.sh dev
	@$(PY) -m tryon weights
	@$(PY) -m scripts.make_screenshots $(ARGS)

clean:  ## remove the environment, caches and results (model files stay)
	rm -rf .venv storage out screenshots test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
