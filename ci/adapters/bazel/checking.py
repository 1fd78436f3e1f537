"""What checks the workspace's files without Bazel: their language, names given twice, labels of nothing; buildifier."""

from collections.abc import Callable, Mapping
from typing import Any

from ci.adapters.validators import Validator, program, rules

#: What a file may call, beside what it loads.
_NATIVE = {
    "BUILD.bazel": ("filegroup", "genrule", "test_suite"),
    "MODULE.bazel": ("bazel_dep", "module"),
}
_LOADED = {"@rules_shell//shell:sh_binary.bzl": "sh_binary", "@rules_shell//shell:sh_test.bzl": "sh_test"}


def validators() -> tuple[Validator, ...]:
    """Rules of ours, a shell's look at the scripts, and buildifier."""
    return (
        rules(problems, name="starlark", packages={"starlark": "pip install starlark-pyo3"}),
        program("sh", "-n", install="a POSIX shell", files="bazel/**/*.sh"),
        program(
            "buildifier", "-mode=check", "-lint=warn", install="npm install @bazel/buildifier", files="*.bazel",
        ),
    )


def problems(files: Mapping[str, str]) -> list[str]:
    """What is wrong in BUILD.bazel and MODULE.bazel, as Starlark reads them."""
    found = []
    for path in _NATIVE:
        if path in files:
            try:
                found += [f"{path}: {text}" for text in _targets(_evaluated(path, files[path]))]
            except Exception as error:  # starlark raises what it likes
                found.append(f"{path}: {error}")
    return found


def _evaluated(path: str, text: str) -> list[dict[str, Any]]:
    """The calls of rules in a file, in order."""
    import starlark

    calls: list[dict[str, Any]] = []

    def rule(kind: str) -> Callable[..., None]:
        return lambda **attributes: calls.append({"kind": kind, **attributes})

    def load(place: str) -> Any:
        if place not in _LOADED:
            raise FileNotFoundError(place)
        loaded = starlark.Module()
        loaded.add_callable(_LOADED[place], rule(_LOADED[place]))
        return loaded.freeze()

    module = starlark.Module()
    for kind in _NATIVE[path]:
        module.add_callable(kind, rule(kind))
    module.add_callable("glob", lambda include, **_: list(include))
    globals = starlark.Globals.standard()
    starlark.eval(module, starlark.parse(path, text), globals, starlark.FileLoader(load))
    return calls


def _targets(calls: list[dict[str, Any]]) -> list[str]:
    names = [call["name"] for call in calls if call["kind"] != "bazel_dep"]
    made = {name for name in names} | {out for call in calls for out in call.get("outs", [])}
    asked = [label for call in calls for key in ("srcs", "data", "tests") for label in call.get(key, [])]
    outs = [out for call in calls for out in call.get("outs", [])]
    twice = sorted({name for name in (*names, *outs) if (*names, *outs).count(name) > 1})
    unknown = sorted({label for label in asked if label.startswith(":") and label[1:] not in made})
    return [f"there are two targets {name}" for name in twice] + [f"nothing is called {label}" for label in unknown]
