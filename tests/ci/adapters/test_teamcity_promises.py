"""TeamCity: what every adapter promises."""

import re
from collections.abc import Mapping
from typing import Any

from ci import plan
from ci.adapters import teamcity, testing, yaml_reader
from ci.adapters.testing import JobAsRead

#: What a script adds to the commands: the verdict, kept until the reports are told.
_AROUND = re.compile(
    r"(?:.*?\n)??(?:code=0\n)?(timeout -k .*?)(?: \|\| code=\$\?\n(?:python3 -m ci summary .*\n)?for report in .*)?",
    re.DOTALL,
)


class TestTeamCity(testing.Promises):
    """The file as TeamCity reads it: YAML, then ``%%`` is ``%``."""

    engine = "teamcity"
    options = {"agents": {"arm": "Ubuntu-24.04-Arm"}}
    exempt = {
        "cache": "TeamCity decides itself what to cache, as a hint allows",
        "job.cache": "TeamCity decides itself what to cache",
        "job.artifacts.*": "published files have no names but paths",
        "job.local": "only for `ci run`",
    }

    def commands(self, job: plan.Job) -> tuple[str, ...]:
        """One text."""
        return testing.command_of_whole_job(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """Every job of the pipeline."""
        return read(files[teamcity.FILE])


def read(text: str) -> dict[str, JobAsRead]:
    """The jobs of a file, by their names."""
    file = yaml_reader.read(text)
    return {job["name"]: _job(job, file.get("parameters", {})) for job in file["jobs"].values()}


def _job(job: Mapping[str, Any], outer: Mapping[str, str]) -> JobAsRead:
    script = job["steps"][0]["script-content"].replace("%%", "%")
    found = _AROUND.fullmatch(script)
    assert found, script
    parameters = {**outer, **job.get("parameters", {})}
    parameters.pop("env.CI_APPROVED", None)
    env = {
        name.removeprefix("env."): value.replace("%%", "%")
        for name, value in parameters.items()
        if not re.fullmatch(r"%[\w.-]+%", value) or "%%" in value
    }
    return JobAsRead((found[1],), env)
