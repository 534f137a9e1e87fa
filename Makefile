# irekae. The two commands are `make rehearsal` and `make test`; `make` alone lists all.
.DEFAULT_GOAL := help
as_root := setup setup-test rehearsal test lint unit faults sabotage docs catalogue bench lock clean uninstall
.PHONY: help $(as_root)
SHELL := /bin/sh
python := .venv/bin/python

# The lab is made of network namespaces, mounts and containers, so all of it needs root.
ifneq ($(shell id -u),0)

$(as_root):
	@exec sudo $(MAKE) --no-print-directory $@ $(if $(KEEP),KEEP=$(KEEP)) $(if $(LAB),LAB=$(LAB)) $(if $(SITE),SITE=$(SITE)) $(if $(ROUNDS),ROUNDS=$(ROUNDS)) $(if $(ONLY),ONLY=$(ONLY)) $(if $(GROWTH),GROWTH=$(GROWTH)) $(if $(KINDS),KINDS=$(KINDS))

else

unit := $(python) -m pytest tests/unit --numprocesses=auto --dist=loadscope
product := irekae tasks verify lab docs fabfile.py conftest.py

# After sudo the clone's files belong to the caller again, whatever the outcome.
begin := @trap './setup.sh give-back' EXIT;

setup: ## install what is missing: Debian packages, .venv, the command `lab`
	@./setup.sh

setup-test:
	@./setup.sh test

rehearsal: setup ## the whole swap on four real hosts, and its report; KEEP=1 leaves the hosts up, SITE=NAME takes another pair
	$(begin) $(python) -m lab.rehearsal

test: setup-test lint ## every test, unit and lab; of the faults a selection
	$(begin) $(unit) && $(python) -m pytest tests --ignore=tests/unit -m 'not faults' --numprocesses=auto --dist=loadscope --no-loadscope-reorder

lint: setup ## ruff, mypy and vulture (dead code)
	$(begin) .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && \
	    .venv/bin/vulture && .venv/bin/vulture $(product) tests

unit: setup-test ## the tests that need no lab
	$(begin) $(unit)

faults: setup ## break things everywhere, see that nothing is lost
	$(begin) $(python) -m tests.faults

sabotage: setup ## break a host in every way that we know, see that the acceptance suite notices
	$(begin) $(python) -m tests.sabotage

docs: setup ## write the tables that are made from the code: docs/items.md, what the shells complete
	$(begin) $(python) -m docs.make_items && $(python) -m docs.make_words

catalogue: setup-test ## find every text that people read, and bring irekae/locale up to date
	$(begin) $(python) -m docs.make_catalogue

bench: setup ## measure a swap beside a plain script, Ansible and pyinfra, and write docs/speed.md (an hour); ROUNDS=3, ONLY=script,one,each,ansible,pyinfra, or ONLY=growth, idle, far
	$(begin) cmp -s bench/requirements.lock bench/.venv/made-from || { $(python) -m venv --clear --without-pip bench/.venv && \
	    $(python) -m pip -q --python bench/.venv/bin/python install --require-hashes -r bench/requirements.lock && \
	    cp bench/requirements.lock bench/.venv/made-from; } && $(python) -m bench

lock: setup ## bring requirements.lock and bench's up to date (needs uv)
	$(begin) uv pip compile -q --generate-hashes --extra dev --python-version 3.11 \
	    --custom-compile-command 'make lock' --upgrade pyproject.toml -o requirements.lock && \
	    uv pip compile -q --generate-hashes --python-version 3.11 \
	    --custom-compile-command 'make lock' --upgrade bench/requirements.in -o bench/requirements.lock

clean: ## remove .venv and caches of this clone (reports stay)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	@find . -name __pycache__ -prune -exec rm -rf {} +

uninstall: ## remove the command `lab` from this machine
	@./setup.sh uninstall
	@echo 'kept, for the next lab: /var/cache/irekae-lab'

endif

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 12
