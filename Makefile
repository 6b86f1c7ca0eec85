# The verbs of Songyun. `make run` and `make test` install what is missing.
PORT ?= 8000
DATA_DIR ?= .local/data
STAGE ?= prod
ROUNDS ?= 100
# make visitors: the day (empty: today) and how many times faster than the clock it runs
DAY ?=
SPEED ?= 60
PY := .venv/bin/python
SETUP := ./infra/local/setup.sh
# pytest's own words: make test ARGS="tests/unit -k stock"
ARGS ?=

.PHONY: help run test check visitors replay bench simulate package sbom secrets audit lock assets races setup clean

help: ## show the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## start everything on this computer (PORT=8000 DATA_DIR=.local/data)
	@$(SETUP) venv assets
	@PORT='$(PORT)' DATA_DIR='$(DATA_DIR)' $(PY) -m infra.local

test: ## run all tests
	@$(SETUP) venv assets browser
	@$(PY) -m tests $(ARGS)

check: ## style, types, import laws, catalogues, contracts, template
	@$(SETUP) venv assets
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict chalicelib tenants infra app.py
	.venv/bin/lint-imports
	$(PY) -m infra.assets --check
	$(PY) -m infra.contracts
	$(PY) -m infra.resources --stage $(STAGE) > build/resources.json
	.venv/bin/cfn-lint --format parseable -- build/resources.json

visitors: ## play a day against a running `make run` (DAY=2026-10-02 SPEED=60, same PORT and DATA_DIR)
	@$(SETUP) venv
	@PORT='$(PORT)' DATA_DIR='$(DATA_DIR)' $(PY) -m infra.visitors play --day '$(DAY)' --speed '$(SPEED)'

replay: ## eight days of the city at one per cent through the intake: every figure must equal the batch
	@$(SETUP) venv
	@$(PY) -m infra.visitors replay

bench: ## measure: one table, and .local/bench.json
	@$(SETUP) venv assets
	@$(PY) -m tests.bench

simulate: ## play the peak day through a model of AWS's limits
	@$(SETUP) venv
	@$(PY) -m infra.simulation

package: ## build what AWS gets (STAGE=prod)
	@$(SETUP) venv assets
	@$(PY) -m infra.package --stage $(STAGE)

sbom: ## what it is made of, as CycloneDX, into build/sbom
	@$(SETUP) venv
	@$(PY) -m infra.sbom

secrets: ## look for secrets in every file that git keeps
	@$(SETUP) venv
	@$(PY) -m infra.secret_scan

audit: ## ask for known weaknesses of what is pinned (needs the internet)
	@$(SETUP) venv
	@$(PY) -m infra.audit

lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: ## pin the dependencies again, with hashes and without addresses
	@$(SETUP) venv
	$(PY) -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras \
		--no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
		--output-file=requirements.txt pyproject.toml
	$(PY) -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras --extra=lake --extra=seal --extra=ask \
		--no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
		--output-file=requirements-lake.txt pyproject.toml
	$(PY) -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras --extra=dev --extra=lake --extra=seal --extra=ask \
		--no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
		--output-file=requirements-dev.txt pyproject.toml
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

assets: ## build styles, scripts, pictures and message catalogues
	@$(SETUP) venv assets

races: ## the races, many times over (ROUNDS=100)
	@$(SETUP) venv assets
	@$(PY) -m infra.races --rounds $(ROUNDS)

setup: ## install what is missing, and nothing else
	@$(SETUP) venv assets

clean: ## remove what was built; data and installed packages stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -path ./.venv -prune -o -path ./node_modules -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
