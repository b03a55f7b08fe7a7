# make help lists the targets. Each sets up what it needs in .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
DATA := data
MANAGE := BERAKHLAK_DEBUG=true $(BIN)/python manage.py
SITE := BERAKHLAK_SITE_URL=http://127.0.0.1:$(PORT)

.PHONY: help run test check lint types translations bench messages screenshot guide-pictures faults clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/'

.venv/.base: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.test: .venv/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,postgres,redis,s3]'
	@touch $@

.venv/.lint: .venv/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lint]'
	@touch $@

# The worker (its log and its mails: data/worker.log) lives as long as the server whose place this shell takes.
run: .venv/.base ## install, migrate, load curriculum and demo, serve with the worker on 127.0.0.1 (PORT=8000)
	@mkdir -p $${BERAKHLAK_DATA_DIR:-$(DATA)}
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createcachetable
	@$(MANAGE) load_curriculum
	@$(MANAGE) load_assessment
	@$(MANAGE) demo --port $(PORT)
	@$(SITE) $(MANAGE) send_reminders
	@$(SITE) $(MANAGE) worker_beside >>$${BERAKHLAK_DATA_DIR:-$(DATA)}/worker.log 2>&1 & \
	exec env BERAKHLAK_DEBUG=true $(SITE) $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: .venv/.test ## all tests: SQLite, PostgreSQL if reachable, browser if Chromium is found
	$(BIN)/python -m tests.run

check: .venv/.lint lint types translations ## what CI runs: lint, types, translations, all tests with nothing skipped
	$(BIN)/python -m tests.run --strict

lint: .venv/.lint
	@mkdir -p $${BERAKHLAK_DATA_DIR:-$(DATA)}
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/djlint --lint --quiet templates
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run --verbosity 0
	BERAKHLAK_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	BERAKHLAK_HOSTS=jurnal.example.go.id BERAKHLAK_SITE_URL=https://jurnal.example.go.id \
	BERAKHLAK_SMTP_HOST=smtp.example.go.id BERAKHLAK_DATA_DIR=$(DATA) \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

types: .venv/.lint
	$(BIN)/mypy

translations: .venv/.lint
	$(BIN)/python -m tests.messages

messages: .venv/.test ## collect new messages into locale/ (needs gettext)
	$(MANAGE) makemessages --locale id --no-location --no-obsolete --ignore .venv
	$(BIN)/python -m tests.messages --compile

faults: .venv/.test ## random schedules of faults between browser and server (N=200, SEED=… replays)
	$(BIN)/python -m tests.faults.run --number $(or $(N),200) $(if $(SEED),--seed $(SEED))

bench: .venv/.test ## queries, bytes and server time of the main pages; the queue among 400,000 entries
	$(BIN)/python -m bench

screenshot: .venv/.test ## make docs/screenshot.png
	$(BIN)/python -m bench.screenshot

guide-pictures: .venv/.test ## make the pictures of the guides from the demo
	$(BIN)/python -m bench.guide_pictures

clean:
	rm -rf .venv $(DATA) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
