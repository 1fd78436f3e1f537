"""Jenkins: what every adapter promises."""

import re
from collections.abc import Mapping

from ci.adapters import testing
from ci.adapters.testing import JobAsRead
from ci.plan import Job

_LITERAL = re.compile(r"'''(?:\\.|[^\\])*?'''|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}


class TestJenkins(testing.Promises):
    """The Jenkinsfile, with a small reader for the Groovy that we write; tests/engines has Groovy's own."""

    engine = "jenkins"
    options = {"labels": {"arm": "arm64"}}
    exempt = {
        "name": "a job of Jenkins is named on the server",
        "job.artifacts.*": "the archive of a build has no names but paths",
        "cache": "Jenkins has no cache, which is a hint",
        "job.cache": "Jenkins has no cache, which is a hint",
        "job.local": "only for `ci run`",
    }

    def commands(self, job: Job) -> tuple[str, ...]:
        """An allowed failure is one step."""
        return testing.command_of_whole_job(job) if job.allow_failure else testing.commands_in_environment(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """The stages that run commands. Each literal is replaced by its number, so that the rest has a simple form."""
        code = re.sub(r"\A(?://.*\n)+", "", files["Jenkinsfile"])
        texts = [_unescaped(found[0]) for found in _LITERAL.finditer(code)]
        numbers = iter(range(len(texts)))
        outer, *stages = _LITERAL.sub(lambda _found: f"<{next(numbers)}>", code).split("stage(<")
        env = _environment(outer, texts)
        jobs: dict[str, JobAsRead] = {}
        for stage in stages:
            name, _, body = stage.partition(">")
            if "agent" in body:
                commands = re.findall(r"^\s*sh (?:label: <\d+>, script: )?<(\d+)>", body, re.MULTILINE)
                read = tuple(texts[int(number)] for number in commands)
                jobs[texts[int(name)]] = JobAsRead(read, {**env, **_environment(body, texts)})
        return jobs


def _environment(code: str, texts: list[str]) -> dict[str, str]:
    return {name: texts[int(number)] for name, number in re.findall(r"^\s*(\w+) = <(\d+)>", code, re.MULTILINE)}


def _unescaped(literal: str) -> str:
    """The text of a Groovy literal; letters beyond U+FFFF are two escapes."""
    inner = literal[3:-3] if literal.startswith("'''") else literal[1:-1]
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _NAMED.get(found[2], found[2]), inner)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
