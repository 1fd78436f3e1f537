"""`when` as GitHub's `if`."""

import pytest

from ci import definition, plan
from ci.adapters.github import conditions

AFTER = "!cancelled() && !failure() && !contains(needs.*.result, 'cancelled')"


def condition(*whens: str, first: bool = True, more: str = "") -> str | None:
    """The `if` of the job `last`, in the first stage or a later one; `whens` are its stage's, if given, and its own."""
    stage, job = whens if len(whens) == 2 else ("", *whens)
    earlier = "" if first else '[[stage]]\nname = "first"\nrun = ["true"]\n'
    text = f"""
version = 1
name = "ci"
on.pull-request = ["main"]
{earlier}
[[stage]]
name = "a-stage"
{f"when = {{{stage}}}" if stage else ""}
[[stage.job]]
name = "last"
run = ["true"]
{f"when = {{{job}}}" if job else ""}
{more}
"""
    planned = plan.compile(definition.parse(text).pipeline)
    return conditions.condition(planned.jobs[-1], planned.stages[-1], planned)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("branch = ['main']", "github.ref == 'refs/heads/main'"),
        ("branch = ['release/*']", "startsWith(github.ref, 'refs/heads/release/')"),
        ("branch = ['*']", "startsWith(github.ref, 'refs/heads/')"),
        ("tag = ['v1', 'v2*']", "github.ref == 'refs/tags/v1' || startsWith(github.ref, 'refs/tags/v2')"),
        ("branch = ['a'], tag = ['v*']", "github.ref == 'refs/heads/a' || startsWith(github.ref, 'refs/tags/v')"),
        ("event = ['manual']", "github.event_name == 'workflow_dispatch'"),
        ("event = ['push', 'schedule']", "github.event_name == 'push' || github.event_name == 'schedule'"),
        ("variable = ['A', 'B']", "vars.A != '' && vars.B != ''"),
        ("tag = ['v*'], variable = ['A']", "startsWith(github.ref, 'refs/tags/v') && vars.A != ''"),
    ],
)
def test_a_condition_in_the_first_stage(when: str, expected: str) -> None:
    """The ref of a pull request is `refs/pull/7/merge`: never a branch."""
    assert condition(when) == f"${{{{ {expected} }}}}"


def test_no_condition_is_needed_in_the_first_stage() -> None:
    assert condition("") is None


def test_later_stages_run_after_a_skipped_one_and_not_after_a_failed_one() -> None:
    assert condition("", first=False) == f"${{{{ {AFTER} }}}}"


def test_the_conditions_of_stage_and_job_must_both_hold_and_stand_once() -> None:
    assert condition("event = ['push', 'manual']", "event = ['push', 'manual'], variable = ['A']") == (
        "${{ (github.event_name == 'push' || github.event_name == 'workflow_dispatch') && vars.A != '' }}"
    )


def test_a_long_condition_has_a_line_for_each_part() -> None:
    """No line end behind it: GitHub would read the condition as a text, and so as true."""
    assert condition("branch = ['main', 'stable'], event = ['push', 'manual']", first=False) == (
        f"${{{{ {AFTER}\n"
        "&& (github.ref == 'refs/heads/main' || github.ref == 'refs/heads/stable')\n"
        "&& (github.event_name == 'push' || github.event_name == 'workflow_dispatch') }}"
    )


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ("", True),
        ("event = ['push', 'pull-request']", True),
        ("variable = ['A']", True),
        ("event = ['push']", False),
        ("branch = ['main']", False),
        ("tag = ['v*']", False),
    ],
)
def test_a_job_with_secrets_is_kept_from_forks_where_a_pull_request_could_start_it(when: str, kept: bool) -> None:
    found = condition(when, more="secrets = { KEY = 'key' }") or ""
    assert ("head.repo.full_name == github.repository" in found) == kept
