"""A shop whose branches hold the faults that a pipeline has to see, and a Buildbot master for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ci import definition, plan
from ci.adapters import buildbot
from ci.model import Pipeline, Stage
from tests.definitions import HOSTILE
from tests.engines.buildbot_master import Master, master
from tests.repository import Repository

#: MARKS is a file of the test, in which jobs say when they run.
DEFINITION = r"""
version = 1
name = "shop"
env = { TEXT = "it's ${HOME}, $(id) and 100%" }

[on]
push = ["feature*"]
schedule = ["30 4 * * 1"]

[[stage]]
name = "verify"
job = [
    { name = "lint", exclusive = true, reports.flake8 = "lint.txt", run = [
        '''echo lint >> "$MARKS"; sleep 0.2; echo "end of lint" >> "$MARKS"''',
        "test -e report.missing || echo > lint.txt",
    ] },
    { name = "test", matrix = { shard = [1, 2] }, retry = 1, timeout = "15s", reports.junit = "out/junit.xml", run = [
        '''mkdir out; echo "<$MATRIX_SHARD>" > out/junit.xml; echo test >> "$MARKS"''',
        '''echo "$CI: $TEXT"; if [ -e "test.$MATRIX_SHARD.fails" ]; then echo "$MATRIX_SHARD is wrong"; exit 7; fi''',
        '''if [ -e "test.$MATRIX_SHARD.hangs" ]; then sleep 600 & echo "pid $!" >> "$MARKS"; wait; fi''',
    ] },
    { name = "force", allow-failure = true, secrets = { NONE = "not-there" }, run = ["exit 3"] },
]

[[stage]]
name = "build"
history = true
run = [
    '''test "$(git rev-parse origin/main)" = "$(git ls-remote origin refs/heads/main | cut -f 1)"''',
    "mkdir -p dist/deep; test -e build.empty || git rev-parse HEAD > dist/deep/app.txt; echo hidden > dist/.no",
]
artifacts = { dist = ["dist/**"] }

[[stage]]
name = "nightly"
when = { event = ["schedule"] }
run = ["exit 1"]

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], variable = ["HEROKU_APP"] }
inputs = ["dist"]
secrets = { KEY = "heroku-api-key" }
run = ['''
echo deploy >> "$MARKS"; sleep 0.2; echo "end of deploy" >> "$MARKS"
test "$KEY" = "s3cret" && test ! -e dist/.no
echo "$CI_ENVIRONMENT $HEROKU_APP $(cat dist/deep/app.txt) $KEY"''']
"""

#: Branches with their files.
FAULTS = {
    "red": ("report.missing", "test.1.hangs", "test.2.fails"), "empty": ("build.empty",), "slow": ("test.1.hangs",),
}

#: A second pipeline of the same master.
HOSTILE_PIPELINE = Pipeline(
    version=1, name="2 hostile", stage=(Stage(name="all", run=tuple(text for text in HOSTILE if text.strip())),)
)

_SECOND = """
runpy.run_path(os.path.join(BASE, "hostile.py"))["configure"](
    c, repository=REPOSITORY, workers={"linux": ["machine"]}, coordinators=["coordinator"], poll=0,
    environment={"PATH": [os.path.join(BASE, "tools"), "${PATH}"], "SEEN": os.path.join(BASE, "seen")},
)
"""

#: In place of coreutils' timeout, a program that writes down the text that the shell would get.
_WRITE_DOWN = """#!/bin/sh
for text; do :; done
printf %s "$text" > "$(mktemp "$SEEN/$(date +%s%N)XXX")"
"""


def make_repository(folder: Path) -> Repository:
    """A repository with the definition on main, a branch for each fault, and a tag."""
    made = Repository.create(folder)
    made.commit({definition.FILE: DEFINITION})
    made.git("tag", "v1")
    made.git("branch", "feature")
    for branch, files in FAULTS.items():
        made.git("checkout", "--quiet", "-b", branch, "main")
        made.commit(dict.fromkeys(files, ""))
    made.git("checkout", "--quiet", "main")
    return made


@contextmanager
def master_of_shop(folder: Path, repository: Path) -> Iterator[Master]:
    """A master for this repository, with both pipelines."""
    marks = {"MARKS": str(folder / "marks")}
    changes = {
        "variables={},": f"""variables={{"HEROKU_APP": "its $HOME"}}, environment={marks},""",
        "poll=300,": "poll=3600,",
        '"plugins": {"waterfall_view": {}},': '"change_hook_dialects": {"poller": True},',
    }
    files = {
        "pipeline.py": module(DEFINITION),
        "hostile.py": buildbot.render(plan.compile(HOSTILE_PIPELINE), buildbot.Options(), {}).files[buildbot.FILE],
        "tools/timeout": _WRITE_DOWN,
        "secrets/heroku-api-key": "s3cret",
        "seen/.keep": "",
    }
    with master(folder, repository, files, changes=changes, more=_SECOND) as running:
        yield running


def module(text: str) -> str:
    """The module for a definition."""
    found = plan.compile(definition.parse(text).pipeline)
    return buildbot.render(found, buildbot.Options(), {}).files[buildbot.FILE]
