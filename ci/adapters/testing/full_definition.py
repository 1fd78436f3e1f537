"""A definition that sets every key there is. A key of the model that is not here fails the tests of every adapter."""

FULL = r'''
version = 1
name = "Full"
default-branch = "trunk"
python = "3.13"
runs-on = "linux"
timeout = "20m"
keep = { runs = 50, artifact-days = 30 }
concurrency = "queue"
env = { GREETING = "hello", LEVEL = "top" }
setup = ["make setup"]
cache = [
    { paths = ["~/.cache/pip"], key-files = ["requirements.txt"] },
    { paths = ["~/.cache/history"], grows = true },
]
targets = ["jenkins"]

[on]
push = ["trunk", "release/*"]
pull-request = ["trunk"]
schedule = ["30 4 * * 1"]
manual = true

[bench]
paths = ["benchmarks"]
tolerance = "10%"
budget = "90s"
history = "~/.cache/benchmarks"
strict = true

[environment.production]
target = "server"

[target.jenkins]
poll = "H/5 * * * *"

[[stage]]
name = "verify"
timeout = "10m"
env = { LEVEL = "stage" }
setup = ["make setup-of-stage"]
when = { branch = ["trunk"], tag = ["v1.*"], event = ["push"], variable = ["VERIFY"] }

[[stage.job]]
name = "lint"
timeout = "90s"
setup = []
env = { LEVEL = "job" }
run = [["make", "lint files"], "make more"]
reports = { flake8 = "reports/flake8.txt" }

[[stage.job]]
name = "test"
matrix = { python = ["3.11", "3.13"], shard = [1, 2] }
setup = ["make setup-of-job"]
retry = 2
run = ["make test"]
reports = { junit = "reports/junit.xml" }
artifacts = { coverage = ["coverage/*.xml"] }

[[stage.job]]
name = "docs"
run = ["make docs"]

[[stage]]
name = "build"
cache = [{ paths = ["node_modules"], key-files = ["package-lock.json"] }, { paths = [".history"], grows = true }]
run = ["make build"]
artifacts = { dist = ["dist/*"], wheels = ["wheels/*.whl"] }

[[stage]]
name = "benchmark"
cache = [{ paths = ["~/.cache/benchmarks"], grows = true }]
exclusive = true
history = true
allow-failure = true
runs-on = "arm"
inputs = ["dist"]
run = ["make benchmark"]
reports = { benchmark = "reports/benchmark.json", page = "reports/benchmark.html" }

[[stage]]
name = "deploy"
approval = "production"
local = false
when = { branch = ["trunk"], tag = ["v2"], event = ["push", "manual"], variable = ["APP"] }
inputs = ["dist"]
secrets = { DEPLOY_KEY = "deploy-key" }
run = ["make deploy"]
'''
