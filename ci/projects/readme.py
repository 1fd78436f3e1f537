"""The README of a new project: two commands, what is where, and what has to be set up once."""

from collections.abc import Iterable, Iterator

from ci.projects import texts
from ci.projects.choices import Choices

_RUNS = ", runs every job in a fresh checkout"
_ENDS = " and ends\nwith the address of the running release; `python3 -m ci stop` ends that"

_DEPLOYING = {
    "server": """
To deploy from an engine, set its variable `DEPLOY_HOST` to a host as ssh takes it (`deploy@shop.example.org`), and its
secret `deploy-key` (on GitHub `DEPLOY_KEY`) to a private key for it. The ssh of the agents has to know the host's key:
in their `known_hosts`, or in a file that `ssh-config` of `[environment.production]` leads to. Without the variable the
deploy job is skipped.
""",
    "heroku": """
To deploy from an engine, set its variable `HEROKU_APP` to the name of the app, and its secret `heroku-api-key` (on
GitHub `HEROKU_API_KEY`) to a key. Without the variable the deploy job is skipped.
""",
    "none": "",
}


def text(choices: Choices, generated: Iterable[str]) -> str:
    """The text of ``README.md``; ``generated`` are the paths of the engines' files."""
    deploys = choices.deploy != "none"
    steps = ["lint", "tests", *(["benchmarks"] if choices.benchmarks else []), "build"]
    heroku = ["heroku.yml", "app.json"] if choices.deploy == "heroku" else []
    return texts.filled(
        "README.md",
        name=choices.name,
        all=", ".join([*steps, *(["and a deployment to this machine"] if deploys else [])]),
        runs=_RUNS + _ENDS if deploys else f" and{_RUNS.lstrip(',')}",
        benchmarks="; `tests/benchmarks/` the benchmarks that `ci bench` compares" if choices.benchmarks else "",
        served=_code(["gunicorn.conf.py", "Procfile", "Dockerfile", *heroku]),
        generated=_code(sorted({_top(path) for path in generated})),
        setting_up="".join(_setting_up(choices)) + _DEPLOYING[choices.deploy],
    )


def _setting_up(choices: Choices) -> Iterator[str]:
    yield "\n## To be set up once\n\n"
    if "github" in choices.engines:
        yield f"- On GitHub, make the check `gate` required for `{choices.branch}`, and no other.\n"
    if "jenkins" in choices.engines:
        yield "- On Jenkins, make a multibranch job of the repository.\n"
    yield "- `ci explain` lists the rest, engine by engine.\n"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _top(path: str) -> str:
    """What stands at the top of the project: the file, or its folder."""
    first, slash, _ = path.partition("/")
    return first + slash
