# Everything a person types. `make help` lists the targets; every target can be run again.
ENV ?= local
PYTHON ?= python3
BIN := .venv/bin
BATCHYARD := $(BIN)/batchyard
PYTEST := $(BIN)/pytest
.DEFAULT_GOAL := help
.PHONY: help setup demo sample test test-fast test-slow check scan workflow-test render lint package plan gate apply smoke destroy \
  local-up local-down bench lock pictures clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'
	@echo "  ENV=<name> chooses the environment (default local)"

setup: ## virtual environment, locked packages, Terraform provider
	@$(PYTHON) scripts/bootstrap.py

demo: ENV := local
demo: setup ## from nothing to an exome result on this machine
	@$(BIN)/python -m batchyard.demo

sample: setup ## a generated sample in ENV's data bucket, and build/sample.json to run exome on it
	@$(BIN)/python -m batchyard.demo.upload --env $(ENV) --file build/sample.json

test: setup check test-fast test-slow ## everything that CI runs

check: setup scan ## style and types of the Python code, format and security of the Terraform code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	terraform fmt -check -recursive terraform modules

test-fast: setup ## tests that need neither Terraform nor the local environment (under a minute)
	$(PYTEST) -q -n 2 -m "not local and not terraform"

test-slow: setup ## tests on the local environment and with the real Terraform provider
	$(PYTEST) -q -n 2 --dist loadgroup -m "local or terraform"

workflow-test: setup ## test cases of all workflows, in virtual time, with coverage
	@$(BATCHYARD) workflow test --all --env $(ENV) --coverage-min 100

render: setup ## bundles of ENV: state machines, job definitions, functions, roles
	@$(BATCHYARD) render --env $(ENV)

package: setup ## function zips of ENV
	@$(BATCHYARD) package --env $(ENV)

lint: render scan ## lint the rendered workflows of ENV, hold their jobs against our policies, scan the Terraform code
	@$(BATCHYARD) lint --env $(ENV)
	@$(BIN)/python -m batchyard.policies --env $(ENV)

scan: setup ## checkov over the Terraform code, from an environment of its own
	@$(PYTHON) scripts/bootstrap.py --with checkov
	@.venv-checkov/bin/checkov --config-file .checkov.yaml

plan: render $(if $(filter local,$(ENV)),local-up) ## plan ENV
	@$(BATCHYARD) plan --env $(ENV)

gate: setup ## summary of the saved plan of ENV
	@$(BATCHYARD) gate --env $(ENV)

apply: plan gate ## plan, summarise and apply ENV
	@$(BATCHYARD) apply --env $(ENV)

smoke: setup ## smoke tests of ENV
	@$(BATCHYARD) smoke --env $(ENV)

destroy: setup ## destroy ENV; asks first, or YES=1
	@$(BATCHYARD) destroy --env $(ENV) $(if $(YES),--yes)

local-up: setup ## start the local environment
	@$(BATCHYARD) local up

local-down: setup ## stop the local environment
	@$(BATCHYARD) local down

bench: setup ## measure; prints ratios, writes benchmarks/results/*.json
	@$(PYTHON) scripts/bootstrap.py --with bench
	@$(BIN)/python benchmarks/run.py

lock: ## renew the lock files from pyproject.toml and requirements/*.in
	$(BIN)/uv pip compile pyproject.toml --extra jobs --extra test --extra dev --generate-hashes --universal \
	  -p 3.11 -o requirements/dev.lock
	$(BIN)/uv pip compile requirements/checkov.in --generate-hashes --universal -p 3.11 -o requirements/checkov.lock
	$(BIN)/uv pip compile requirements/bench.in --generate-hashes --universal -p 3.11 -o requirements/bench.lock

pictures: setup ## the pictures of the README
	@$(BATCHYARD) render --env dev
	@$(BATCHYARD) workflow graph exome --env dev --form svg --file docs/pictures/exome.svg
	@$(BATCHYARD) env graph dev --file docs/pictures/environment.svg

clean: ## remove what is generated (not the local environment's state)
	rm -rf build .pytest_cache .mypy_cache .ruff_cache
