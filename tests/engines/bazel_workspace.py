"""Bazel 4.2.3 as Debian has it, without a network: a copy of a project, and local folders for what it would fetch."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.engines.programs import need
from tests.files import write

#: Rules that a newer Bazel downloads, as those which are built into this one.
_SHIMS = {
    "rules_shell/WORKSPACE": 'workspace(name = "rules_shell")\n',
    "rules_shell/shell/BUILD": "",
    "rules_shell/shell/sh_binary.bzl": "sh_binary = native.sh_binary\n",
    "rules_shell/shell/sh_test.bzl": "sh_test = native.sh_test\n",
    "rules_cc/WORKSPACE": 'workspace(name = "rules_cc")\n',
    "rules_cc/cc/BUILD": "",
    "rules_cc/cc/defs.bzl": "".join(f"{rule} = native.{rule}\n" for rule in (
        "cc_binary", "cc_import", "cc_library", "cc_proto_library", "cc_test", "cc_toolchain", "cc_toolchain_suite",
        "objc_library",
    )),
    "remote_coverage_tools/WORKSPACE": 'workspace(name = "remote_coverage_tools")\n',
    "remote_coverage_tools/BUILD": "".join(
        f'filegroup(name = "coverage_{name}_generator", visibility = ["//visibility:public"])\n'
        for name in ("output", "report")
    ),
}
_JAVA_RULES = Path("/usr/share/bazel/rules/java")

#: Seconds that one call may take.
_PATIENCE = 400


class Workspace:
    """A project in which Bazel runs. Exit code 0: all well; 1: a build failed; 3: a test failed."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.output, self.exit_code = "", 0
        self.project, self._user = project, folder / "user"
        self._settings = folder / "settings"
        write(folder / "shims", _SHIMS)
        places = {name: folder / "shims" / name for name in ("rules_shell", "rules_cc", "remote_coverage_tools")}
        places["rules_java"] = _JAVA_RULES
        overrides = [f"--override_repository={name}={path}" for name, path in places.items()]
        lines = [f"{command} {one}" for command in ("build", "query") for one in overrides]
        self._settings.write_text("\n".join([*lines, f"build --disk_cache={folder / 'cache'}", ""]))
        (project / "WORKSPACE").write_text('workspace(name = "project")\n')

    def bazel(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of Bazel."""
        env = {**os.environ, **variables}
        return subprocess.run(
            self._command(arguments), cwd=self.project, env=env, capture_output=True, text=True, timeout=_PATIENCE
        )

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Begin a command of Bazel, in a group of processes of its own, and don't wait."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            self._command(arguments), cwd=self.project, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [need("bazel"), f"--output_user_root={self._user}", f"--bazelrc={self._settings}", *arguments]

    def results(self, *targets: str) -> dict[str, str]:
        """Run tests: PASSED, FAILED, TIMEOUT or (cached) by target."""
        done = self.bazel("test", "--keep_going", *targets)
        self.output, self.exit_code = done.stdout + done.stderr, done.returncode
        found = {}
        for line in self.output.splitlines():
            words = line.split()
            if line.startswith("//") and len(words) > 1:
                found[words[0].removeprefix("//:")] = " ".join(words[1:3]) if words[1] == "(cached)" else words[1]
        return found

    def log(self, target: str, file: str = "test.log") -> Path:
        """What a test left."""
        return self.project / "bazel-testlogs" / target / file


@contextmanager
def workspace(folder: Path, project: Path) -> Iterator[Workspace]:
    """Bazel for ``project``; its server ends with the context."""
    opened = Workspace(folder, project)
    try:
        yield opened
    finally:
        opened.bazel("shutdown")
        subprocess.run(["chmod", "-R", "u+w", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)
