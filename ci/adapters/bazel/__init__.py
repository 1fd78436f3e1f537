"""Bazel: a target for each job. Its cache and its command line for the checks; no CI server (``docs/bazel.md``).

Run with Debian's Bazel 4.2.3 by ``tests/engines/test_bazel_run.py``; newer ones are said to read the same files.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from ci.adapters import Rendered, header
from ci.adapters.bazel import checking
from ci.adapters.bazel.notes import notes
from ci.adapters.bazel.scripts import files
from ci.adapters.bazel.targets import TIMEOUTS, build_file
from ci.plan import Plan

TITLE = "Bazel"
OWNS = ("BUILD.bazel", "MODULE.bazel", ".bazelrc", "bazel/*.sh", "bazel/jobs/*.sh", "bazel/pack.py")

#: The rules that BUILD.bazel loads; a Bazel without modules (before 6) needs them by other means.
_RULES = ("rules_shell", "0.8.0")

#: Jobs make their Python environments themselves: they need PATH and HOME as they are here.
_SETTINGS = """\
build --incompatible_strict_action_env=false --action_env=HOME
test --test_env=PATH --test_env=HOME --test_output=errors --build_tests_only
"""


class Options(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[target.bazel]`` has no keys."""


validators = checking.validators


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The workspace's files, and a script for each job."""
    found = notes(plan)
    comment = "".join(f"# {line}\n" for line in header(()))
    rules, version = _RULES
    return Rendered({
        "BUILD.bazel": build_file(plan, header(found)),
        "MODULE.bazel": (
            f'{comment}"""The rules that BUILD.bazel loads."""\n\nmodule(name = "{_module(plan.name)}")\n\n'
            f'bazel_dep(name = "{rules}", version = "{version}")\n'
        ),
        ".bazelrc": f"{comment}{_SETTINGS}{_time_limits(plan)}",
        **files(plan),
    }, found)


def _time_limits(plan: Plan) -> str:
    """The seconds that an ``eternal`` test has, where an hour is not enough."""
    longest = max(job.timeout for job in plan.jobs)
    limits = [*TIMEOUTS.values()]
    if longest < limits[-1]:
        return ""
    return f"test --test_timeout={','.join(map(str, [*limits[:-1], longest + 600]))}\n"


def _module(name: str) -> str:
    """A pipeline's name in the letters that a module's may have."""
    return "m-" + re.sub(r"[^a-z0-9.-]", "-", name.lower()).strip(".-")
