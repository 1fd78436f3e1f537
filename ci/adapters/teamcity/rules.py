"""Rules for ``.teamcity.yml``: its form, and what no schema can say."""

import re
from collections.abc import Iterator, Mapping

from ci.adapters import yaml_reader
from ci.adapters.teamcity.file_format import File, Job

#: ``%%``, a reference ``%name%``, or a percent sign that is neither.
_PERCENT = re.compile(r"%%|%([A-Za-z0-9_][\w.-]*)%|%")

#: Parameters that the server sets.
_OF_THE_SERVER = ("teamcity.", "system.", "build.", "dep.", "job.")


def problems(files: Mapping[str, str]) -> list[str]:
    """What is wrong with each file of TeamCity's, by its path."""
    return [
        f"{path}: {text}"
        for path, content in files.items()
        if path.rpartition("/")[2] == ".teamcity.yml"
        for text in of_file(content)
    ]


def of_file(text: str) -> list[str]:
    """What is wrong with one file. A wrong form ends the search."""
    try:
        found = yaml_reader.read_as(text, File)
    except ValueError as error:
        return [str(error)]
    return [*_names(found), *_order(found), *_parameters(found), *_jobs(found)]


def _names(file: File) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name in file.jobs:
        other = taken.setdefault(name.lower(), name)
        if other != name:
            yield f"jobs: {other} and {name} differ in case only"


def _order(file: File) -> Iterator[str]:
    needs = {name: _dependencies(job) for name, job in file.jobs.items()}
    for name, earlier in needs.items():
        yield from (f"{name}: dependencies: there is no job {one!r}" for one in earlier if one not in file.jobs)
        yield from (f"{name}: dependencies: {one} stands there twice" for one in set(earlier) if earlier.count(one) > 1)
    done: set[str] = set()
    waiting = dict(needs)
    while ready := [name for name, earlier in waiting.items() if done.issuperset(set(earlier) & set(file.jobs))]:
        done.update(ready)
        waiting = {name: earlier for name, earlier in waiting.items() if name not in done}
    if waiting:
        yield f"dependencies: {', '.join(waiting)} wait for each other"


def _dependencies(job: Job) -> list[str]:
    return [name for one in job.dependencies for name in ([one] if isinstance(one, str) else one)]


def _parameters(file: File) -> Iterator[str]:
    for name, value in file.parameters.items():
        yield from _references(f"parameters: {name}", value, {*file.parameters})
    used = {reference for job in file.jobs.values() for value in job.parameters.values() for reference in _named(value)}
    yield from (f"secrets: {name}: no job names it" for name in file.secrets if name not in used)


def _jobs(file: File) -> Iterator[str]:
    for name, job in file.jobs.items():
        known = {*file.parameters, *file.secrets, *job.parameters}
        for parameter, value in job.parameters.items():
            yield from _references(f"{name}: parameters: {parameter}", value, known)
        if job.allow_reuse and any(set(_named(value)) & set(file.secrets) for value in job.parameters.values()):
            yield f"{name}: has a secret, so write `allow-reuse: false`: an older run must not stand for it"
        for number, step in enumerate(job.steps, start=1):
            yield from _script(f"{name}: step {number}", step.script_content)
        paths = [one.path for one in job.files_publication]
        yield from (f"{name}: files-publication: {path} is there twice" for path in set(paths) if paths.count(path) > 1)


def _script(place: str, text: str) -> Iterator[str]:
    for found in _PERCENT.finditer(text):
        if found[0] == "%":
            yield f"{place}: a single % in the script: write %%"
        elif found[1]:
            yield f"{place}: {found[0]} would be pasted into the script: hand it over as a parameter `env.NAME`"
    if not re.search(r"\btimeout (-k \d+ )?\d+ ", text):
        yield f"{place}: the script has no time limit, and TeamCity has none for a job: use timeout(1)"


def _references(place: str, value: str, known: set[str]) -> Iterator[str]:
    for found in _PERCENT.finditer(value):
        if found[0] == "%":
            yield f"{place}: a single %: write %%"
        elif found[1] and found[1] not in known and not found[1].startswith(_OF_THE_SERVER):
            yield f"{place}: there is no parameter {found[1]!r}"


def _named(value: str) -> list[str]:
    return [found[1] for found in _PERCENT.finditer(value) if found[1]]
