"""BUILD.bazel: a target for each job, in the form that buildifier leaves as it is."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from ci.model import When
from ci.plan import Artifact, Job, Plan, Stage

#: Seconds of each value of a test's ``timeout``. A job's own limit is shorter, so that it ends the job in good order.
TIMEOUTS = {"short": 60, "moderate": 300, "long": 900, "eternal": 3600}

#: Where Bazel need not look for changes.
_NEVER = (
    "**/.*_cache/**", "**/__pycache__/**", "**/node_modules/**", ".git/**", ".hypothesis/**", ".venv*/**",
    "bazel-*/**", "var/**",
)

#: A checksum over names, modes and contents of the files that a job starts from, which are no inputs themselves: a
#: target would hide a folder of its name, Bazel takes no blanks in names, and git ignores some.
_CHECKSUM = "sh $(execpath bazel/files.sh) $$(dirname $$(readlink -f MODULE.bazel)) --mtime=@0 --owner=0 --group=0"

_LOADS = (("sh_binary", '"@rules_shell//shell:sh_binary.bzl"'), ("sh_test", '"@rules_shell//shell:sh_test.bzl"'))


def run_by_hand(plan: Plan) -> tuple[Job, ...]:
    """The jobs for ``bazel run``: they need a person, a secret, which no cached action may see, or what such made."""
    found: list[Job] = []
    for job in plan.jobs:
        if job.approval is not None or job.secrets or made_by(found, job):
            found.append(job)
    return tuple(found)


def made_by(jobs: Iterable[Job], job: Job) -> list[Artifact]:
    """The inputs of a job that some jobs make."""
    artifacts = [artifact for one in jobs for artifact in one.artifacts]
    return [artifact for artifact in job.inputs if artifact in artifacts]


def build_file(plan: Plan, header: Iterable[str]) -> str:
    """The text of BUILD.bazel."""
    by_hand = run_by_hand(plan)
    targets = [_target(job, by_hand) for job in plan.jobs]
    loads = [f'load({where}, "{rule}")' for rule, where in _LOADS if any(one.startswith(f"{rule}(") for one in targets)]
    parts = ["".join(f"# {line}\n" for line in header) + '"""The jobs of the pipeline: see docs/bazel.md."""']
    parts += ["\n".join(loads)] if loads else []
    return "\n\n".join([*parts, *_files(), *targets, *_suite(plan, by_hand)]) + "\n"


def _files() -> list[str]:
    """What changes with the project's files, and what with each commit."""
    sources = ["    srcs = glob(", '        ["**"],', f"        exclude = {_list(_NEVER, '        ')},", "    ),"]
    commit = "    srcs = glob(\n        [\".git/logs/HEAD*\"],\n        allow_empty = True,\n    ),"
    return [
        "\n".join([
            "genrule(", '    name = "_sources",', *sources, '    outs = ["bazel-sources.sha256"],',
            f'    cmd = "{_CHECKSUM} | sha256sum > $@",', f"    tags = {_list(['no-cache', 'no-sandbox'])},",
            '    tools = ["bazel/files.sh"],', ")",
        ]),
        "\n".join(["filegroup(", '    name = "_commit",', commit, ")"]),
    ]


def _target(job: Job, by_hand: Sequence[Job]) -> str:
    if job in by_hand:
        data = _inputs(job, made_by(by_hand, job))
        return _rule("sh_binary", job, srcs=["bazel/job.sh"], args=[job.slug], data=data, tags=["manual"])
    if job.artifacts:
        return _genrule(job)
    timeout = next((name for name, seconds in TIMEOUTS.items() if job.timeout < seconds), "eternal")
    return _rule(
        "sh_test", job, timeout=timeout, srcs=["bazel/job.sh"], args=[job.slug], data=_inputs(job), tags=_tags(job)
    )


def _genrule(job: Job) -> str:
    """A job that makes files for later ones."""
    made = [f"bazel-artifacts/{artifact.name}.tar.gz" for artifact in job.artifacts]
    made += [f"bazel-artifacts/{job.slug}/{report.path}" for report in job.reports]
    command = f"sh $(execpath bazel/job.sh) {job.slug} $(RULEDIR)"
    tags = ["manual", "no-sandbox"] if job.allow_failure else ["no-sandbox"]
    return _rule(
        "genrule", job, srcs=_inputs(job), outs=sorted(made), cmd=command, tags=tags, tools=["bazel/job.sh"],
    )


def _tags(job: Job) -> list[str]:
    """``exclusive`` is alone on the machine, ``external`` never from the cache: what measures is both."""
    tags = {"no-sandbox"} | ({"exclusive"} if job.exclusive else set())
    if job.exclusive or any(report.kind == "benchmark" for report in job.reports):
        tags.add("external")
    return sorted(tags | ({"manual"} if job.allow_failure else set()))


def _inputs(job: Job, elsewhere: Sequence[Artifact] = ()) -> list[str]:
    """What a job is run again for when it changes. A job that builds, or looks at history, knows its commit."""
    commit = [":_commit"] if job.history or job.artifacts else []
    made = [f":bazel-artifacts/{artifact.name}.tar.gz" for artifact in job.inputs if artifact not in elsewhere]
    return ["MODULE.bazel", *sorted([*commit, ":_sources", *made])]


def _suite(plan: Plan, by_hand: Sequence[Job]) -> list[str]:
    """Everything that checks and must pass, before a person has to agree to anything."""
    before = takewhile(lambda stage: stage.approval is None, plan.stages)
    tests = [
        f":{job.slug}" for stage in before for job in stage.jobs if _is_check(job, stage) and job not in by_hand
    ]
    return [f'test_suite(\n    name = "all_checks",\n    tests = {_list(sorted(tests))},\n)'] if tests else []


def _is_check(job: Job, stage: Stage) -> bool:
    """Whether a job must pass whenever somebody changed something."""
    special = any(when and not _holds_for_a_change(when) for when in (stage.when, job.when))
    return not (job.artifacts or job.allow_failure or special)


def _holds_for_a_change(when: When) -> bool:
    return (not when.event or "push" in when.event) and not when.variable and (bool(when.branch) or not when.tag)


def _rule(kind: str, job: Job, **attributes: str | Sequence[str]) -> str:
    lines = [f"{kind}(", f'    name = "{job.slug}",']
    for name, value in attributes.items():
        lines.append(f'    {name} = "{value}",' if isinstance(value, str) else f"    {name} = {_list(value)},")
    return "\n".join([*lines, ")"])


def _list(entries: Sequence[str], indent: str = "    ") -> str:
    """One entry on the line of its brackets, several each on their own."""
    if len(entries) < 2:
        return "[" + "".join(f'"{entry}"' for entry in entries) + "]"
    inner = "".join(f'{indent}    "{entry}",\n' for entry in entries)
    return f"[\n{inner}{indent}]"
