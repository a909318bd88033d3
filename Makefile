# make run    builds the host and serves the example bot on port 8765
# make test   runs all tests; needs Go alone
# make graphviz  gets from npm what bothost draws pictures with
# make js-engine  builds with npm what runs bots in JavaScript and TypeScript
# make ui     gets from npm what the page draws charts with, and its tests need
# make guests builds the examples, in all languages, into modules/
# make check  everything that must hold before a change lands
# make bench  prints the benchmarks
# make soak   runs a million turns, and fails if what they use goes on growing
# make eval-intents  measures on INTENTS, a folder, how well intents are found

GO         ?= go
# Of the tests of one package: machines that others use, too, take their time.
TIMEOUT    ?= 30m
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
VULNCHECK   = golang.org/x/vuln/cmd/govulncheck@v1.9.0
BOT        ?= ./plugins/examples/greetings
INTENTS    ?= ../shared/data/intents
PLATFORMS   = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
EXAMPLES    = echo greetings counter weather transit reminder files showcase
GUESTS      = $(EXAMPLES:%=./plugins/examples/%)
LANGUAGES   = rust c cpp assemblyscript javascript typescript wat
FOREIGN     = unit-converter dice trivia $(LANGUAGES:%=greetings-%)
GRAPHVIZ    = host/diagram/graphviz
MODULE      = $(GRAPHVIZ)/module/graphviz.wasm.gz
UI          = host/webui/npm
PLOTLY      = $(UI)/library/plotly.js.gz
JAVASCRIPT  = sdk/guest-javascript
JSENGINE    = host/toolchain/script/engine/quickjs.wasm.gz

.PHONY: run build graphviz ui js-engine extism test check fmt vet tidy staticcheck vulncheck race guests cross clean-tree bench soak eval-intents

run: build
	./bothost run $(BOT)

# Without npm, or without a network, all is built but pictures, JavaScript and charts.
build:
	@if command -v npm >/dev/null; then npm_config_fetch_retries=0 $(MAKE) -sk graphviz js-engine ui; fi; \
	test -e $(MODULE) || echo "build: no Graphviz from npm: bothost will draw no pictures"; \
	test -e $(JSENGINE) || echo "build: no QuickJS from npm: bothost will build no bots in JavaScript"; \
	test -e $(PLOTLY) || echo "build: no plotly from npm: the page will show charts as tables"
	$(GO) build -o bothost ./cmd/bothost

graphviz: $(MODULE)

$(MODULE): $(GRAPHVIZ)/package.json $(GRAPHVIZ)/package-lock.json $(GRAPHVIZ)/extract.mjs
	@rm -f $@ # of another version, it has other names
	npm ci --prefix $(GRAPHVIZ) --ignore-scripts --no-audit --no-fund
	node $(GRAPHVIZ)/extract.mjs

js-engine: $(JSENGINE)

$(JSENGINE): $(JAVASCRIPT)/package.json $(JAVASCRIPT)/package-lock.json \
  $(wildcard $(JAVASCRIPT)/*.js $(JAVASCRIPT)/engine/*.*)
	npm ci --prefix $(JAVASCRIPT) --ignore-scripts --no-audit --no-fund
	node $(JAVASCRIPT)/engine/build.mjs

ui: $(PLOTLY)

$(PLOTLY): $(UI)/package.json $(UI)/package-lock.json $(UI)/pack.mjs
	@rm -f $@
	npm ci --prefix $(UI) --ignore-scripts --no-audit --no-fund
	node $(UI)/pack.mjs

# What the tests of Extism plug-ins need of npm.
extism:
	npm ci --prefix testdata/extism/as --ignore-scripts --no-audit --no-fund

test:
	$(GO) test -timeout $(TIMEOUT) ./...

check: fmt vet tidy staticcheck vulncheck test race guests cross clean-tree
	@echo "check: all passed"

fmt:
	@out=$$(gofmt -l .); test -z "$$out" || { echo "gofmt wants to change:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...
	GOOS=wasip1 GOARCH=wasm $(GO) vet -unsafeptr=false ./sdk/guest-go $(GUESTS)

tidy:
	$(GO) mod tidy -diff

staticcheck:
	$(GO) run $(STATICCHECK) ./...

# The data of govulncheck are not to be had everywhere: only what it finds fails
# the check, not that it could not look.
vulncheck:
	@$(GO) run $(VULNCHECK) ./... >vulncheck.tmp 2>&1; code=$$?; \
	if [ $$code -eq 3 ]; then cat vulncheck.tmp; rm -f vulncheck.tmp; exit 1; fi; \
	if [ $$code -ne 0 ]; then echo "vulncheck: data not to be had here, not checked"; fi; \
	rm -f vulncheck.tmp

race:
	$(GO) test -timeout $(TIMEOUT) -race -shuffle=on ./...

# Without the tools of a language its examples are left out, unless they are asked for.
guests: build
	@mkdir -p modules
	@for g in $(EXAMPLES); do \
	  ./bothost build plugins/examples/$$g -o modules/$$g.wasm || exit 1; \
	done
	@for g in $(FOREIGN); do \
	  ./bothost build plugins/examples/$$g -o modules/$$g.wasm || \
	    case "$$BOTHOST_REQUIRE_GUESTS" in ""|0) ;; *) exit 1;; esac; \
	done

cross:
	@for p in $(PLATFORMS); do \
	  echo "cross-build $$p"; \
	  CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -o /dev/null ./cmd/bothost || exit 1; \
	done
	@for os in darwin windows; do \
	  echo "vet for $$os"; \
	  CGO_ENABLED=0 GOOS=$$os $(GO) vet ./... || exit 1; \
	done

# A check that leaves files behind, or a generated file that is not current,
# shows here.
clean-tree:
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  out=$$(git status --porcelain); \
	  test -z "$$out" || { echo "the tree is not clean:"; echo "$$out"; exit 1; }; \
	fi

# One of the guests is npm's quickjs-wasi; without it the rest is measured.
bench:
	@if command -v npm >/dev/null; then \
	  npm ci --prefix host/bench/quickjs --ignore-scripts --no-audit --no-fund || \
	  echo "bench: npm has no quickjs-wasi for us, the rest goes on"; \
	fi
	$(GO) run ./host/bench

soak:
	$(GO) run ./host/bench -parts soak -turns 1000000

# The data are not ours to hold. INTENTS_TEST is what is asked, if it is not the
# validation part.
eval-intents:
	$(GO) run ./host/intent/eval -train $(INTENTS)/banking77_train.csv
	$(GO) run ./host/intent/eval -train $(INTENTS)/clinc150_train_val.json -test "$(INTENTS_TEST)" -examples 10
	$(GO) run ./host/intent/eval -train $(INTENTS)/clinc150_train_val.json -test "$(INTENTS_TEST)"
