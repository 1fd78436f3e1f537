"""``when`` as a person would write it. That it means the same: tests/engines/test_jenkins_tree.py."""

import pytest

from ci.adapters.jenkins.conditions import conditions, may_be_pull_request, when_block
from ci.adapters.jenkins.triggers import cron_lines
from ci.model import When

CASES: list[tuple[When, list[str]]] = [
    (When(branch=("main",)), ["branch comparator: 'EQUALS', pattern: 'main'", "not { buildingTag() }"]),
    (
        When(branch=("v1.x/*",)),
        [
            "branch comparator: 'REGEXP', pattern: 'v1[.]x/.*'",
            "not { buildingTag() }",
            "not { changeRequest() }",
        ],
    ),
    (When(tag=("*",)), ["buildingTag()"]),
    (When(tag=("v1+2",)), ["tag comparator: 'EQUALS', pattern: 'v1+2'"]),
    (When(tag=("v1+*",)), ["tag comparator: 'REGEXP', pattern: 'v1[+].*'"]),
    (When(event=("push", "pull-request", "schedule", "manual")), []),
    (When(event=("pull-request",)), ["changeRequest()"]),
    (When(event=("push", "schedule", "manual")), ["not { changeRequest() }"]),
    (When(event=("schedule",)), ["not { changeRequest() }", "triggeredBy 'TimerTrigger'"]),
    (When(event=("push", "manual")), ["not { changeRequest() }", "not { triggeredBy 'TimerTrigger' }"]),
    (
        When(event=("pull-request", "manual")),
        [
            "anyOf {",
            "    changeRequest()",
            "    allOf {",
            "        not { triggeredBy 'TimerTrigger' }",
            "        triggeredBy 'UserIdCause'",
            "    }",
            "}",
        ],
    ),
    (
        When(branch=("main",), event=("push", "manual")),
        [
            "branch comparator: 'EQUALS', pattern: 'main'",
            "not { buildingTag() }",
            "not { triggeredBy 'TimerTrigger' }",
        ],
    ),
    (When(variable=("APP", "KEY")), ["expression { env.APP }", "expression { env.KEY }"]),
]


@pytest.mark.parametrize(("when", "lines"), CASES)
def test_conditions(when: When, lines: list[str]) -> None:
    """The shortest words that are right."""
    assert [line for condition in conditions(when) for line in condition] == lines


def test_a_condition_is_decided_before_anything_is_taken() -> None:
    """No agent, and no person."""
    assert when_block([("changeRequest()",)], with_input=True) == [
        "when {", "    beforeInput true", "    beforeAgent true", "    changeRequest()", "}",
    ]
    assert when_block([], with_input=True) == []


@pytest.mark.parametrize(
    ("when", "possible"),
    [(None, True), (When(event=("push",)), False), (When(branch=("x",)), False), (When(event=("pull-request",)), True)],
)
def test_where_a_pull_request_can_get(when: When | None, possible: bool) -> None:
    """There secrets need a guard against forks."""
    assert may_be_pull_request(when) is possible


@pytest.mark.parametrize(
    ("schedule", "lines"),
    [
        ("30 4 * * 1", ["30 4 * * 1"]),
        ("0/20 5/2 1/7 2/3 1/2", ["0-59/20 5-23/2 1-31/7 2-12/3 *", "0-59/20 5-23/2 * 2-12/3 1-6/2"]),
        ("*/5,7/10 * 1-15 * *", ["*/5,7-59/10 * 1-15 * *"]),
        ("0 0 1 * 5", ["0 0 1 * *", "0 0 * * 5"]),
    ],
)
def test_a_schedule_in_jenkins_dialect(schedule: str, lines: list[str]) -> None:
    """A step has an end; day of the month or of the week, where both are given."""
    assert cron_lines(schedule) == lines
