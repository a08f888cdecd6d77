# make demo   sets everything up and plays demonstration calls through the server on port 8080
# make test   sets everything up and runs every check
# make setup  only installs

.DEFAULT_GOAL := help
.PHONY: help setup demo test check tests lock clean

help:
	@sed -n 's/^# //p' Makefile

setup:
	@sh .ci/venv

demo: setup
	@.venv/bin/earshot demo $(ARGS)

test: setup check tests

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/hadolint Dockerfile
	@sh .ci/npm
	@if [ -x $(TSC) ]; then $(TSC) -p tests/consoles; fi
	.venv/bin/earshot check

tests: setup
	@sh .ci/need chromium coturn
	@sh .ci/npm
	.venv/bin/pytest -n 2 -m 'not video' $(ARGS)
	.venv/bin/pytest -m video $(ARGS)

TSC := tests/consoles/node_modules/.bin/tsc
COMPILE = .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: setup
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv tests/consoles/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
