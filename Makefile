# Every command of the README; CI calls only these. STACK names a stack file; without it, the sandbox is meant.
STACK ?= sandbox
PYTHON ?= python3
RUN := .venv/bin/python
SANDBOX := $(RUN) -m sandbox
ifeq ($(STACK),sandbox)
COMMAND = $(SANDBOX)
ON =
else
COMMAND = $(RUN) -m operations
ON = $(STACK)
endif
VENV := .venv/.installed
CODE := __main__.py settings components operations sandbox tests benchmarks

.DEFAULT_GOAL := help
.PHONY: only-the-sandbox help up preview status destroy down kubectl pulumi tools test test-fast check-code format docs lock benchmark

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

up: $(VENV) ## Bring the platform up: the sandbox, or STACK=dev on Google Cloud
	@$(COMMAND) up $(ON) $(ARGS)

preview: $(VENV) ## Show what `make up` would change
	@$(COMMAND) preview $(ON) $(ARGS)

destroy: $(VENV) ## Take the stack down; nothing stays in the cloud but retained disks, which are listed
	@$(COMMAND) destroy $(ON) $(ARGS)

ifneq ($(STACK),sandbox)
status down kubectl pulumi: only-the-sandbox
endif
only-the-sandbox:
	@echo "error: this command is for the sandbox only; for stack $(STACK) use pulumi and kubectl themselves" >&2; exit 1

status: $(VENV) ## Show the sandbox: processes, pods, claims, addresses
	@$(SANDBOX) status

down: $(VENV) ## Stop the sandbox's processes; its data stays
	@$(SANDBOX) down

kubectl: $(VENV) ## kubectl against the sandbox: make kubectl ARGS="get pods -A"
	@$(SANDBOX) kubectl -- $(ARGS)

pulumi: $(VENV) ## The engine against the sandbox's stack: make pulumi ARGS="stack history"
	@$(SANDBOX) pulumi -- $(ARGS)

tools: $(VENV) ## Find or build the engine and the control plane, and start nothing
	@$(SANDBOX) tools

test: tools ## The whole suite
	$(RUN) -m pytest -n 2 --dist worksteal $(ARGS)

test-fast: $(VENV) ## Unit tests only: seconds, no engine, no control plane
	$(RUN) -m pytest -n 2 -m "not engine and not controlplane" $(ARGS)

check-code: $(VENV) ## ruff, mypy strict, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(CODE)
	.venv/bin/mypy policies/guardrails policies/__main__.py
	PYTHONPATH=policies .venv/bin/lint-imports

format: $(VENV) ## Format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: $(VENV) ## Write the generated parts of README and docs
	$(RUN) docs/generate.py

benchmark: $(VENV) ## Time and memory of preview, up and destroy beside an empty program
	$(RUN) -m benchmarks.up

lock: $(VENV) ## Pin everything that requirements*.txt bring along
	.venv/bin/pip freeze --exclude-editable | sort -f > constraints.txt

$(VENV): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -r requirements.txt -r requirements-dev.txt -c constraints.txt
	@touch $@
