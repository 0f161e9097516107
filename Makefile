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
# From the command line alone: many have some of them in their environment, and must not be led to Google Cloud by it.
ifneq ($(origin PROJECT),command line)
override PROJECT :=
endif
ifneq ($(origin LOCATION),command line)
override LOCATION :=
endif
ifneq ($(origin MANIFESTS),command line)
override MANIFESTS :=
endif
ifneq ($(origin SIZE),command line)
override SIZE :=
endif
VENV := .venv/.installed
NEW_ENOUGH := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
PROGRAM := __main__.py components settings Pulumi.yaml Pulumi.sandbox.yaml
CODE := __main__.py bootstrap settings components operations sandbox tests benchmarks

.DEFAULT_GOAL := help
.PHONY: only-the-sandbox help bootstrap up preview grow-disks check status demo-vpa destroy down kubectl pulumi settings tools egress-tools test test-fast test-egress test-changes keep-release check-code format docs lock benchmark benchmark-guardrails benchmark-replicas benchmark-egress

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

up: $(VENV) ## Bring the platform up: the sandbox, or STACK=dev on Google Cloud
	@$(COMMAND) up $(ON) $(ARGS)

bootstrap: $(VENV) ## Make the place where stacks keep their state: simulated, or PROJECT=... LOCATION=EU on Google Cloud
	@$(if $(PROJECT),$(RUN) -m operations bootstrap $(PROJECT),$(SANDBOX) bootstrap) $(if $(LOCATION),--location $(LOCATION)) $(ARGS)

preview: $(VENV) ## Show what `make up` would change
	@$(COMMAND) preview $(ON) $(ARGS)

grow-disks: $(VENV) ## Make the nodes' disks larger, pods left in place: SIZE=200Gi, as the stack's file says by then
	@$(COMMAND) grow-disks $(ON) $(SIZE) $(ARGS)

check: $(VENV) ## Judge STACK=dev without an account, or MANIFESTS=folder; ARGS="--report-dir out" writes reports
	@$(if $(MANIFESTS),$(RUN) -m operations check --manifests "$(MANIFESTS)",$(SANDBOX) check $(STACK)) $(ARGS)

destroy: $(VENV) ## Take the stack down; nothing stays in the cloud but retained disks, which are listed
	@$(COMMAND) destroy $(ON) $(ARGS)

ifneq ($(STACK),sandbox)
status demo-vpa down kubectl pulumi: only-the-sandbox
endif
only-the-sandbox:
	@echo "error: this command is for the sandbox only; for stack $(STACK) use pulumi and kubectl themselves" >&2; exit 1

status: $(VENV) ## Show the sandbox: processes, pods, claims, addresses
	@$(SANDBOX) status

demo-vpa: $(VENV) ## Memory follows demand: the real VerticalPodAutoscaler on the sandbox, live and as a picture
	@$(SANDBOX) demo-vpa $(ARGS)

down: $(VENV) ## Stop the sandbox's processes; its data stays
	@$(SANDBOX) down

kubectl: $(VENV) ## kubectl against the sandbox: make kubectl ARGS="get pods -A"
	@$(SANDBOX) kubectl -- $(ARGS)

pulumi: $(VENV) ## The engine against the sandbox's stack: make pulumi ARGS="stack history"
	@$(SANDBOX) pulumi -- $(ARGS)

settings: $(VENV) ## Show every setting of a stack and where it comes from: make settings STACK=prod
	@$(RUN) -m settings $(STACK)

tools: $(VENV) ## Find or build the engine and the control plane, and start nothing
	@$(SANDBOX) tools

egress-tools: $(VENV) ## Find or install what the egress tests need: squid, iptables, and Debian 13's squid unpacked
	@$(RUN) -m sandbox.egress

test: tools egress-tools ## The whole suite
	$(RUN) -m pytest -n 2 --dist worksteal $(ARGS)

test-fast: $(VENV) ## Unit tests only: seconds, no engine, no control plane
	$(RUN) -m pytest -n 2 -m "not engine and not controlplane and not namespaces" $(ARGS)

test-egress: egress-tools ## The egress proxy against a real firewall, in network namespaces: as root on Linux
	$(RUN) -m pytest -m namespaces $(ARGS)

test-changes: tools ## Ask the engine about a change of every setting: minutes
	CHANGES_SEED=all $(RUN) -m pytest tests/engine/test_changes.py -s $(ARGS)

keep-release: $(VENV) ## Keep this version's program, as committed, for the next version's tests
	@version=$$($(RUN) -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])') || exit 1; \
	kept=tests/releases/$$version.tar.gz; \
	if [ -e "$$kept" ]; then echo "error: $$kept is kept already, and is never replaced; raise the version in pyproject.toml" >&2; exit 1; fi; \
	git archive --format=tar.gz --output="$$kept.new" HEAD $(PROGRAM) || { rm -f "$$kept.new"; exit 1; }; \
	mv "$$kept.new" "$$kept" && echo "kept: $$kept"

check-code: $(VENV) ## ruff, mypy strict, import contracts, actionlint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(CODE)
	.venv/bin/mypy policies/guardrails policies/__main__.py
	PYTHONPATH=policies .venv/bin/lint-imports
	@$(SANDBOX) workflows

format: $(VENV) ## Format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: $(VENV) ## Write the generated parts of README and docs
	$(RUN) docs/generate.py

benchmark: $(VENV) ## Time and memory of preview, up and destroy beside an empty program
	$(RUN) -m benchmarks.up

benchmark-guardrails: tools ## Time and memory of the policy pack and of checks of manifests, beside others
	$(RUN) -m benchmarks.guardrails $(ARGS)

benchmark-replicas: tools ## What a further replica costs in a preview, up to 1,000 of them
	$(RUN) -m benchmarks.replicas $(ARGS)

benchmark-egress: egress-tools ## What the egress proxy costs beside the direct way: as root on Linux, with nginx
	$(RUN) -m benchmarks.egress $(ARGS)

# Until the new list is complete nothing of the old one is touched. The next command installs it into .venv.
lock: ## Resolve requirements*.txt anew, and pin everything that they bring along
	@$(NEW_ENOUGH)
	set -e; new=$$(mktemp -d ./.lock.XXXXXX); trap 'rm -rf "$$new"' EXIT; trap 'exit 130' INT TERM; \
	$(PYTHON) -m venv "$$new/venv"; \
	"$$new/venv/bin/pip" install -r requirements.txt -r requirements-dev.txt; \
	"$$new/venv/bin/pip" freeze --exclude-editable > "$$new/frozen.txt"; \
	LC_ALL=C sort -f "$$new/frozen.txt" > "$$new/constraints.txt"; \
	mv "$$new/constraints.txt" constraints.txt

$(VENV): requirements.txt requirements-dev.txt constraints.txt
	@$(NEW_ENOUGH)
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -r requirements.txt -r requirements-dev.txt -c constraints.txt
	@touch $@
