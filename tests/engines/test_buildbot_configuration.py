"""What `ci check buildbot` asks of the configuration beside `buildbot checkconfig`, which says nothing of these."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from ci.adapters import buildbot, testing
from ci.adapters.buildbot.checking import CONFIGURATION
from ci.adapters.buildbot.schedules import nightly
from tests.engines.programs import need_module

#: What Buildbot takes from Twisted is no matter of ours.
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def configure(module: str, folder: Path) -> None:
    """Load a module as the master of `ci check` does."""
    need_module("buildbot")
    (folder / "module.py").write_text(module)
    exec(CONFIGURATION, {"MODULE": str(folder / "module.py")})


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("", "", ""),
        ('schedulerNames=[job["builder"]', 'schedulerNames=["no-" + job["builder"]', "starts itself, or no-Full-lint"),
        ('name=job["builder"], builderNames=[job["builder"]]', 'name=job["builder"], builderNames=[chain["builder"]]',
         "Full: starts itself"),
        ('MACHINE.access("exclusive" if job["exclusive"] else "counting")', "MACHINE", "Full-lint: a lock without"),
        ("doStepIf=commands_ran", 'doStepIf="commands_ran"', "Full-lint: a condition that can't be called"),
        ("env={**site.environment, **secrets}", "env=[*site.environment]", "Full-lint: variables that are no mapping"),
    ],
)
def test_a_mistake_is_found(old: str, new: str, finding: str, tmp_path: Path) -> None:
    module = buildbot.render(testing.variations.full(), buildbot.Options(), {}).files[buildbot.FILE]
    assert old in module
    if not finding:
        return configure(module, tmp_path)
    with pytest.raises(ValueError, match=finding):
        configure(module.replace(old, new), tmp_path)


@pytest.mark.parametrize(
    "schedule",
    ["30 4 1 * 1", "0-59/20 6 * * 1-5", "0 0 * * 0,6", "*/7 * 31 * *", "0 0 29 2 *", "5 1-9/3 * 1,6 *"],
)
def test_a_schedule_means_what_cron_means(schedule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next ten times, as Buildbot's Nightly finds them and as croniter does, which Buildbot brings."""
    croniter = need_module("croniter")
    timed = need_module("buildbot.schedulers.timed")
    monkeypatch.setattr(timed.Nightly, "current_utc_offset", lambda *_: 0)
    nights = timed.Nightly(name="nights", builderNames=["all"], **nightly(schedule))
    for field, value in nightly(schedule).items():
        setattr(nights, field, value)
    expected = croniter.croniter(schedule, datetime(2026, 11, 22, 13, tzinfo=timezone.utc))
    now = int(datetime(2026, 11, 22, 13, tzinfo=timezone.utc).timestamp())
    for _ in range(10):
        now = int(nights.getNextBuildTime(now).result)
        assert now == int(expected.get_next(float))
