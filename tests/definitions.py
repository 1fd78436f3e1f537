"""Definitions for property tests: whatever the model can say, with texts that broke some generator or could."""

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from ci import checks
from ci.adapters.testing.hostile import HOSTILE as HOSTILE
from ci.model import Pipeline, Reports, Stage, Triggers, When

_LETTER = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(_LETTER, max_size=200) | st.sampled_from(HOSTILE)

#: Settings for tests that start processes: few examples, no time limit.
PATIENT = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

_NAMES = st.from_regex("[a-z][a-z0-9-]{0,8}", fullmatch=True)
_BRANCHES = st.lists(st.from_regex(r"[A-Za-z0-9._/+-]{1,9}\*?", fullmatch=True), max_size=3).map(tuple)
_WHEN = st.builds(
    When,
    branch=_BRANCHES,
    tag=_BRANCHES,
    event=st.lists(st.sampled_from(["push", "pull-request", "schedule", "manual"]), unique=True).map(tuple),
    variable=st.lists(st.from_regex("[A-Z]{1,5}", fullmatch=True), max_size=2).map(tuple),
)
_STAGE = st.builds(
    Stage,
    name=_NAMES,
    run=st.lists(TEXT | st.lists(TEXT, min_size=1, max_size=4).map(tuple), min_size=1, max_size=4).map(tuple),
    env=st.dictionaries(st.from_regex("[A-Z]{1,5}", fullmatch=True), TEXT, max_size=2),
    when=_WHEN,
    matrix=st.just({}) | st.just({"python": ("3.11", "3.13"), "shard": (1, 2)}),
    reports=st.just(Reports()) | st.just(Reports(junit="junit.xml", benchmark="b.json", flake8="f.txt")),
    secrets=st.dictionaries(st.from_regex("[A-Z]{1,5}S", fullmatch=True), _NAMES, max_size=2),
    retry=st.integers(0, 2),
    allow_failure=st.booleans(),
    approval=st.just("production") | _NAMES,
    timeout=st.sampled_from(["1s", "90s", "5m", "2h"]),
)
_TRIGGERS = st.builds(Triggers, push=_BRANCHES, pull_request=_BRANCHES, schedule=st.sampled_from([(), ("30 4 * * 1",)]))


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """A definition that the model and the checks accept."""
    stages = draw(st.lists(_STAGE, min_size=1, max_size=3, unique_by=lambda stage: stage.name))
    pipeline = Pipeline(version=1, name="any", on=draw(_TRIGGERS), stage=tuple(stages))
    assume(not list(checks.problems(pipeline)))
    return pipeline
