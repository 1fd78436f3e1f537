"""`ci explain` says a pipeline in plain words."""

from ci import adapters, definition, explain, plan

TEXT = r'''
version = 1
name = "shop"
python = "3.13"

[on]
push = ["main", "release/*"]
pull-request = ["main"]
schedule = ["30 4 * * 1"]

[[stage]]
name = "check"
when = { event = ["push", "pull-request"] }

[[stage.job]]
name = "lint"
run = ["flake8\nmypy"]
allow-failure = true
timeout = "90s"

[[stage.job]]
name = "test"
matrix = { python = ["3.11", "3.13"] }
run = ["pytest"]
reports = { junit = "junit.xml" }
artifacts = { dist = ["dist/*"] }

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], tag = ["v*"], variable = ["APP", "ZONE"] }
inputs = ["dist"]
secrets = { KEY = "deploy-key" }
timeout = "2h"
exclusive = true
local = false
run = ["./deploy"]
'''

WORDS = """\
shop: 2 stages, 4 jobs.
Starts on a push to main or release/*, on a pull request to main, at 30 4 * * 1 (UTC) or by hand.

1. check, jobs side by side; only for pushes or pull requests
   - lint
     Python 3.13, at most 90 seconds, may fail
       $ flake8
       > mypy
   - test (3.11), test (3.13)
     Python 3.11 and 3.13, at most 30 minutes
       $ pytest
     reports junit: junit.xml
     keeps the artifact dist: dist/*

2. deploy
   waits until a person agrees (environment production); on a laptop a rehearsal (local)
   Python 3.13, at most 2 hours, alone on a laptop, not on a laptop (unless named: ci run deploy); only on \
branch main or tag v*, if APP and ZONE are set
     $ ./deploy
   takes the artifact dist
   has the secrets KEY
"""


def test_a_pipeline_in_words() -> None:
    assert explain.pipeline(plan.compile(definition.parse(TEXT).pipeline)) == WORDS


def test_where_a_release_can_go() -> None:
    planned = plan.compile(definition.parse(TEXT).pipeline)
    assert explain.environments(planned, {"local": "Server", "staging": "Server"}) == (
        "Environments:\n"
        "  local: this machine\n"
        "  staging: Server\n"
        "  production: not described; `ci deploy` needs [environment.production] in ci/pipeline.toml\n"
    )


def test_what_an_engine_says_differently_is_ordered_by_weight() -> None:
    notes = [
        adapters.Note("manual-setup", "approval", "deploy", "say who may approve"),
        adapters.Note("lost", "secrets", "", "no secrets"),
    ]
    assert explain.notes("Tiny", notes) == (
        "On Tiny:\n"
        "  lost (the engine can't do it)\n"
        "    secrets: no secrets\n"
        "  to be set up by hand\n"
        "    deploy: approval: say who may approve\n"
    )


def test_an_engine_that_says_everything() -> None:
    assert explain.notes("Tiny", []) == "On Tiny everything is as the definition says.\n"
