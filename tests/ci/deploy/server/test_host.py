"""An environment whose host a variable names: set on an engine, and nowhere else."""

from pathlib import Path

import pytest

from ci.deploy.server import target
from ci.deploy.targets import Context
from ci.errors import UsageError


def context(tmp_path: Path, said: list[str], **environ: str) -> Context:
    return Context("production", tmp_path, environ, said.append, dry_run=True)


def test_the_variable_names_the_host(tmp_path: Path) -> None:
    said: list[str] = []
    options = target.Options(directory="shop", host="$DEPLOY_HOST")
    target.rollback(None, options, context=context(tmp_path, said, DEPLOY_HOST="deploy@example.org"))
    assert said == ["would go back to the release before the current one, in shop of deploy@example.org"]


@pytest.mark.parametrize(
    ("environ", "end"),
    [({}, "and is not set"), ({"DEPLOY_HOST": "-oProxyCommand=x"}, "not '-oProxyCommand=x'"),
     ({"DEPLOY_HOST": "a b"}, "not 'a b'"), ({"DEPLOY_HOST": "$OTHER"}, "not '$OTHER'")],
)  # fmt: skip
def test_what_is_no_host_is_refused(tmp_path: Path, environ: dict[str, str], end: str) -> None:
    with pytest.raises(UsageError) as refused:
        target.stop(target.Options(directory="shop", host="$DEPLOY_HOST"), context=context(tmp_path, [], **environ))
    assert str(refused.value) == (
        "the host of production is what the variable DEPLOY_HOST names, as in deploy@example.org; it has to be a host "
        f"as ssh takes it, {end}"
    )
