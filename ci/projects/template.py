"""The whole tree of a new project: the sample app and its tests, how they are served, checked and shipped."""

import re
from collections.abc import Mapping, Sequence

from ci import adapters, definition, plan
from ci.distribution.wheel import Wheel
from ci.errors import UsageError
from ci.layout import DEFINITION as DEFINITION
from ci.projects import pipeline_text, readme, texts, toml_text, tool
from ci.projects.choices import Choices

APP_LOCK = "requirements.txt"

#: What the sample app needs.
PACKAGES = ("flask", "gunicorn")

#: Of the sample app, what goes with a choice.
_HEROKU = ("app.json", "heroku.yml")
_BENCHMARKS = "tests/benchmarks/"

#: The Python that an image, and so the app, runs on.
_IMAGE = re.compile(r"(?<=/library/python:)\d+\.\d+")


def tree(
    choices: Choices, made: Wheel, *, sample: Mapping[str, bytes], packages: Sequence[str] = PACKAGES
) -> dict[str, bytes]:
    """The files of a project by path.

    ``made`` is the tool's wheel, ``sample`` the app with its tests, as `contents.sample` has it, and ``packages`` what
    the app needs beside what the tool needs to check it.
    """
    sample = {path: content for path, content in sample.items() if is_wanted(path, choices)}
    definition_text = pipeline_text.text(choices)
    generated = _generated(choices, definition_text)
    written = {
        **_packages(choices, made, packages, _text(sample, APP_LOCK)),
        **_image(choices, sample),
        ".gitattributes": texts.read("gitattributes"),
        ".gitignore": texts.read("gitignore"),
        "LICENSE": texts.filled("license", name=choices.name),
        "README.md": readme.text(choices, generated),
        DEFINITION: definition_text,
        **generated,
    }
    return {**sample, **{path: text.encode() for path, text in written.items()}, **tool.files(made, choices.tool)}


def is_wanted(path: str, choices: Choices) -> bool:
    """Whether a file of the sample app is for a project with these choices."""
    if path in _HEROKU:
        return choices.deploy == "heroku"
    return choices.benchmarks or not path.startswith(_BENCHMARKS)


def _packages(choices: Choices, made: Wheel, packages: Sequence[str], app_lock: str) -> dict[str, str]:
    """What the project needs, and the lock of all of it, the tool among it."""
    pin = tool.Pin(made.version, (made.sha256,))
    find_links = " --find-links ci --emit-find-links" if choices.tool == "kept" else ""
    locked = tool.merged(texts.read("project-lock.txt"), app_lock)
    needed = ", ".join(map(toml_text.string, packages))
    return {
        "ci/lock.sh": texts.filled("lock.sh", find_links=find_links),
        "pyproject.toml": texts.filled(
            "pyproject.toml", name=choices.name, oldest=choices.pythons[0], packages=f"[{needed}]"
        ),
        tool.COMMON_LOCK: tool.lock(locked, pin, choices.tool, path=tool.COMMON_LOCK),
    }


def _image(choices: Choices, sample: Mapping[str, bytes]) -> dict[str, str]:
    """What names the Python that the app runs on, or the app itself."""
    texts_by_path = {path: _text(sample, path) for path in ("Dockerfile", "app.json") if path in sample}
    named = {path: _IMAGE.sub(choices.python, text) for path, text in texts_by_path.items()}
    return {
        ".python-version": f"{choices.python}\n",
        **{path: text.replace("Sample app", choices.name) for path, text in named.items()},
    }


def _text(sample: Mapping[str, bytes], path: str) -> str:
    """The text of a file of the sample app. Raises UsageError where a fork has saved it as something else."""
    try:
        return sample[path].decode()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8: save it as such, and commit it") from None


def _generated(choices: Choices, text: str) -> dict[str, str]:
    """The engines' files, as ``ci generate`` writes them."""
    loaded = definition.parse(text)
    compiled = plan.compile(loaded.pipeline)
    files: dict[str, str] = {}
    for engine in choices.engines:
        adapter = adapters.find(engine)
        files |= adapter.render(compiled, loaded.engine_options(engine, adapter.Options), {}).files
    return files
