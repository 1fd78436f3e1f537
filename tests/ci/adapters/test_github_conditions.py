"""`when` as GitHub's `if`."""

import pytest

from ci.adapters.github.conditions import condition
from ci.model import When

AFTER = "!cancelled() && !failure()"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(branch=("main",)), "github.ref == 'refs/heads/main'"),
        (When(branch=("release/*",)), "startsWith(github.ref, 'refs/heads/release/')"),
        (When(branch=("*",)), "startsWith(github.ref, 'refs/heads/')"),
        (When(tag=("v1", "v2*")), "github.ref == 'refs/tags/v1' || startsWith(github.ref, 'refs/tags/v2')"),
        (When(branch=("a",), tag=("v*",)), "github.ref == 'refs/heads/a' || startsWith(github.ref, 'refs/tags/v')"),
        (When(event=("manual",)), "github.event_name == 'workflow_dispatch'"),
        (When(event=("push", "schedule")), "github.event_name == 'push' || github.event_name == 'schedule'"),
        (When(variable=("A", "B")), "vars.A != '' && vars.B != ''"),
        (When(tag=("v*",), variable=("A",)), "startsWith(github.ref, 'refs/tags/v') && vars.A != ''"),
    ],
)
def test_a_condition_in_the_first_stage(when: When, expected: str) -> None:
    """The ref of a pull request is `refs/pull/7/merge`: never a branch."""
    assert condition([when], first=True) == f"${{{{ {expected} }}}}"


def test_no_condition_is_needed_in_the_first_stage() -> None:
    assert condition([None], first=True) is None


def test_later_stages_run_after_a_skipped_one_and_not_after_a_failed_one() -> None:
    assert condition([None, None], first=False) == f"${{{{ {AFTER} }}}}"


def test_the_conditions_of_stage_and_job_must_both_hold_and_stand_once() -> None:
    stage, job = When(event=("push", "manual")), When(event=("push", "manual"), variable=("A",))
    assert condition([stage, job], first=True) == (
        "${{ (github.event_name == 'push' || github.event_name == 'workflow_dispatch') && vars.A != '' }}"
    )


def test_a_long_condition_has_a_line_for_each_part() -> None:
    """No line end behind it: GitHub would read the condition as a text, and so as true."""
    when = When(branch=("main", "stable"), event=("push", "pull-request"))
    assert condition([when], first=False) == (
        f"${{{{ {AFTER}\n"
        "&& (github.ref == 'refs/heads/main' || github.ref == 'refs/heads/stable')\n"
        "&& (github.event_name == 'push' || github.event_name == 'pull_request') }}"
    )
