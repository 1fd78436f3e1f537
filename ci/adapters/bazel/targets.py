"""BUILD.bazel: a target for each job, in the form that buildifier leaves as it is."""

from collections.abc import Iterable, Sequence

from ci.model import When
from ci.plan import Job, Plan, Stage, fixed_folder

#: Seconds of each value of a test's ``timeout``.
TIMEOUTS = {"short": 60, "moderate": 300, "long": 900, "eternal": 3600}
LONGEST_TEST = TIMEOUTS["eternal"]

#: What no job is made of. Bazel looks for changes in all other files.
_NEVER = (".git/**", ".venv*/**", "**/__pycache__/**", "**/node_modules/**", "bazel-*/**", "var/**")

_LOADS = (("sh_binary", '"@rules_shell//shell:sh_binary.bzl"'), ("sh_test", '"@rules_shell//shell:sh_test.bzl"'))


def is_run_by_hand(job: Job) -> bool:
    """Whether a job is for ``bazel run``: it needs a person, or a secret, which no cached action may see."""
    return job.approval is not None or bool(job.secrets)


def build_file(plan: Plan, header: Iterable[str]) -> str:
    """The text of BUILD.bazel."""
    targets = [_target(job) for job in plan.jobs]
    loads = [f'load({where}, "{rule}")' for rule, where in _LOADS if any(one.startswith(f"{rule}(") for one in targets)]
    parts = ["".join(f"# {line}\n" for line in header) + '"""The jobs of the pipeline: see docs/bazel.md."""']
    parts += ["\n".join(loads)] if loads else []
    return "\n\n".join([*parts, *_files(plan), *targets, *_suite(plan)]) + "\n"


def _files(plan: Plan) -> list[str]:
    """What jobs are made of, and what changes with each commit."""
    made = {fixed_folder(path) for job in plan.jobs for artifact in job.artifacts for path in artifact.paths}
    made |= {fixed_folder(report.path) for job in plan.jobs for report in job.reports}
    excluded = sorted({*_NEVER, *(f"{folder}/**" for folder in made if folder)})
    sources = ["    srcs = glob(", '        ["**"],', f"        exclude = {_list(excluded, '        ')},", "    ),"]
    commit = "    srcs = glob(\n        [\".git/logs/HEAD*\"],\n        allow_empty = True,\n    ),"
    return [
        "\n".join(["filegroup(", '    name = "_sources",', *sources, ")"]),
        "\n".join(["filegroup(", '    name = "_commit",', commit, ")"]),
    ]


def _target(job: Job) -> str:
    if is_run_by_hand(job):
        return _rule("sh_binary", job, srcs=["bazel/job.sh"], args=[job.slug], data=_inputs(job), tags=["manual"])
    if job.artifacts:
        return _genrule(job)
    timeout = next((name for name, seconds in TIMEOUTS.items() if job.timeout <= seconds), "eternal")
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


def _inputs(job: Job) -> list[str]:
    """What a job is run again for when it changes. A job that builds, or looks at history, knows its commit."""
    commit = [":_commit"] if job.history or job.artifacts or is_run_by_hand(job) else []
    return sorted([*commit, ":_sources", *(f":bazel-artifacts/{artifact.name}.tar.gz" for artifact in job.inputs)])


def _suite(plan: Plan) -> list[str]:
    """Everything that checks and must pass."""
    tests = [f":{job.slug}" for stage in plan.stages for job in stage.jobs if _is_check(job, stage)]
    return [f'test_suite(\n    name = "all_checks",\n    tests = {_list(sorted(tests))},\n)'] if tests else []


def _is_check(job: Job, stage: Stage) -> bool:
    """Whether a job must pass whenever somebody changed something."""
    special = any(when and not _holds_for_a_change(when) for when in (stage.when, job.when))
    return not (is_run_by_hand(job) or job.artifacts or job.allow_failure or special)


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
