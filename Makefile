# What CI runs and what a developer runs are the same targets. `make help` lists them.

GO       ?= go
FUZZTIME ?= 30s

# The program is one static binary. Only the race detector needs a C compiler; there the tag keeps out a SQLite in C that
# a dependency would compile, and that the program does not use.
export CGO_ENABLED = 0
RACE = CGO_ENABLED=1 $(GO) test -race -tags nosqlite -shuffle=on -count=1

LINT  = $(GO) tool -modfile=.ci/tools/go.mod golangci-lint
UNITS = $$($(GO) list ./... | grep -v /cmd/sixseed/e2e)

# The labs measure: other tests would be in their way, so they run alone.
E2E  = $(GO) test -count=1 -parallel 8 -timeout 15m
LABS = ./cmd/sixseed/e2e/labs

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## make ./sixseed
	$(GO) build -trimpath -o sixseed ./cmd/sixseed

.PHONY: test
test: check e2e ## everything that must pass before a change goes in

.PHONY: check
check: fmt vet lint tidy-check unit ## the same without the end-to-end tests

.PHONY: fmt
fmt: ## fail on files that gofmt would change
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt would change:"; echo "$$files"; exit 1; }

.PHONY: vet
vet: ## go vet
	$(GO) vet ./...

.PHONY: lint
lint: ## the linters of .golangci.yml, at the version that .ci/tools/go.mod names
	$(LINT) run --allow-parallel-runners ./...

.PHONY: tidy-check
tidy-check: ## fail when go.mod or go.sum is not what `go mod tidy` makes
	$(GO) mod tidy -diff

.PHONY: unit race
unit race: ## unit tests with the race detector, in random order
	$(RACE) $(UNITS)

.PHONY: e2e
e2e: ## other clients download from the daemon (needs what install-judges installs)
	$(E2E) $$($(GO) list ./cmd/sixseed/e2e/... | grep -v /labs$$)
	$(E2E) $(LABS)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME each
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package || exit 1; \
		done; \
	done

.PHONY: bench
bench: ## benchmarks; first those with ratios: hashing to mktorrent, seeding to other seeders (root, 15 minutes)
	$(GO) test -run '^$$' -bench 'Hash/with=both|Digest' -benchtime 10x ./storage/content
	$(GO) test -run '^$$' -bench 'Seeding|Idle' -benchtime 3x -timeout 60m ./cmd/sixseed/e2e/seeding
	$(GO) test -run '^$$' -bench . -skip 'Seeding|Idle' -benchmem ./...

.PHONY: lab
lab: ## the reference labs of docs/labs.md, beside libtorrent (root, 10 minutes; LAB=L3/L2a for one, LAB_UPDATE=1 to keep the table)
	LAB=$(or $(LAB),all) $(GO) test -count=1 -run '^TestLab$$' -v -timeout 2h $(LABS)

.PHONY: cover
cover: ## test coverage, per function and as coverage.html
	$(GO) test -coverpkg ./... -coverprofile coverage.out $(UNITS)
	$(GO) tool cover -func coverage.out
	$(GO) tool cover -html coverage.out -o coverage.html

.PHONY: install-judges
install-judges: ## install the Debian packages that the tests use (root or sudo)
	.ci/install-judges

.PHONY: clean
clean: ## remove what the other targets made
	rm -f sixseed coverage.out coverage.html
