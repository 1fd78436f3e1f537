"""The definition that a new project starts with, as a careful person would write it."""

from collections.abc import Iterator

from ci.projects.choices import Choices

_HEAD = """\
# How this project is checked and shipped: on a laptop (ci run) and on every engine (ci generate).
version = 1
name = "{name}"
default-branch = "{branch}"
python = "{python}"
timeout = "15m"
setup = ["python -m ci setup"]
cache = [{{ paths = ["~/.cache/uv"], key-files = ["requirements-dev.txt"] }}]
targets = [{engines}]
"""

_BENCH = """
[bench]
paths = ["tests/benchmarks"]
budget = "45s"
history = "~/.cache/{name}/benchmarks"
"""

_ON = """
[on]
push = ["{branch}"]
pull-request = ["{branch}"]
manual = true
"""

_CHECKS = """
[[stage]]
name = "lint"
run = [
    "python -m flake8 --tee --output-file=reports/flake8.txt app tests gunicorn.conf.py",
    "python -m ci generate --check",
]
reports = {{ flake8 = "reports/flake8.txt" }}

[[stage]]
name = "test"
{matrix}run = ["python -m pytest{options} --junitxml=reports/junit.xml"]
reports = {{ junit = "reports/junit.xml" }}
"""

_BENCHMARK = """
[[stage]]
name = "benchmark"
exclusive = true
history = true
cache = [
    {{ paths = ["~/.cache/uv"], key-files = ["requirements-dev.txt"] }},
    {{ paths = ["~/.cache/{name}/benchmarks"], grows = true }},
]
run = ["python -m ci bench"]
reports = {{ junit = "reports/benchmark.xml", benchmark = "reports/benchmark.json", page = "reports/benchmark.html" }}
"""

_BUILD = """
[[stage]]
name = "build"
run = ["python -m ci build --stage build app gunicorn.conf.py requirements.txt Procfile Dockerfile .dockerignore"]
artifacts = {{ dist = ["dist/*"] }}
"""

_SERVER = """
# Here a rehearsal on this machine. On an engine: to the host that its variable DEPLOY_HOST names, when a person agrees.
[[stage]]
name = "deploy"
approval = "production"
when = {{ branch = ["{branch}"], event = ["push", "manual"], variable = ["DEPLOY_HOST"] }}
inputs = ["dist"]
secrets = {{ DEPLOY_KEY = "deploy-key" }}
run = ['''
if [ -n "${{DEPLOY_KEY-}}" ]; then
    eval "$(ssh-agent -s)"
    trap 'kill "$SSH_AGENT_PID"' EXIT
    printf '%s\\n' "$DEPLOY_KEY" | ssh-add -q -
fi
python -m ci deploy
''']

[environment.production]
target = "server"
host = "$DEPLOY_HOST"
directory = "{name}"
"""

_HEROKU = """
# Here a rehearsal on this machine. On an engine: to the app that its variable HEROKU_APP names, when a person agrees.
[[stage]]
name = "deploy"
approval = "production"
when = {{ branch = ["{branch}"], event = ["push", "manual"], variable = ["HEROKU_APP"] }}
inputs = ["dist"]
secrets = {{ HEROKU_API_KEY = "heroku-api-key" }}
run = ["python -m ci deploy"]

[environment.production]
target = "heroku"
"""

_DEPLOY = {"server": _SERVER, "heroku": _HEROKU, "none": ""}


def text(choices: Choices) -> str:
    """The text of ``ci/pipeline.toml``."""
    return "".join(part.format(**_values(choices)) for part in _parts(choices))


def _parts(choices: Choices) -> Iterator[str]:
    yield _HEAD
    if choices.benchmarks:
        yield _BENCH
    yield from (_ON, _CHECKS)
    if choices.benchmarks:
        yield _BENCHMARK
    yield from (_BUILD, _DEPLOY[choices.deploy])


def _values(choices: Choices) -> dict[str, str]:
    versions = ", ".join(f'"{version}"' for version in choices.pythons)
    return {
        "name": choices.name,
        "branch": choices.branch,
        "python": choices.python,
        "engines": ", ".join(f'"{engine}"' for engine in choices.engines),
        "matrix": f"matrix = {{ python = [{versions}] }}\n" if len(choices.pythons) > 1 else "",
        "options": " --ignore=tests/benchmarks -p no:benchmark" if choices.benchmarks else "",
    }
