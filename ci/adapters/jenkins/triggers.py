"""What starts a build, as far as a Jenkinsfile can say it: timers and polling."""

import re

from ci.adapters.jenkins.groovy_text import block, literal
from ci.adapters.jenkins.settings import Options
from ci.plan import Plan

_HIGHEST = (59, 23, 31, 12, 6)


def triggers(plan: Plan, options: Options) -> list[str]:
    """The ``triggers`` section. Only the default branch has the timer, as on GitHub."""
    lines = []
    if plan.triggers.schedule:
        table = "\n".join(["TZ=UTC", *(line for text in plan.triggers.schedule for line in cron_lines(text))])
        lines.append(f"cron(env.BRANCH_NAME == {literal(plan.default_branch)} ? {literal(table)} : '')")
    if options.poll is not None:
        lines.append(f"pollSCM({literal(options.poll)})")
    return block("triggers", lines)


def cron_lines(text: str) -> list[str]:
    """A schedule of the definition in Jenkins' dialect (``CronTab`` in its core).

    There ``5/10`` needs its end, and where both days of the month and of the week are given, both must fit; cron takes
    either, so such a schedule becomes two lines. A minute that fits both starts one build all the same.
    """
    fields = [_field(field, highest) for field, highest in zip(text.split(" "), _HIGHEST, strict=True)]
    minute, hour, day, month, weekday = fields
    if day.startswith("*") or weekday.startswith("*"):
        return [" ".join(fields)]
    return [f"{minute} {hour} {day} {month} *", f"{minute} {hour} * {month} {weekday}"]


def _field(field: str, highest: int) -> str:
    return re.sub(r"(^|,)(\d+)/", rf"\g<1>\g<2>-{highest}/", field)
