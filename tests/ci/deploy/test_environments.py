"""Which environment a call means, and on which target it is."""

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from ci import definition
from ci.definition import Definition
from ci.deploy import environments, targets
from ci.deploy.contract import Contract
from ci.deploy.server import target as server_target
from ci.errors import DefinitionError, UsageError

TEXT = """\
version = 1
name = "shop"

[[stage]]
name = "test"
run = ["true"]

[environment.production]
target = "heroku"

[environment.staging]
target = "server"
host = "deploy@staging.example.org"
directory = "/srv/shop"
keep = 3
"""


def parse(text: str = TEXT) -> Definition:
    """A definition with environments."""
    return definition.parse(text)


def find(name: str, text: str = TEXT) -> environments.Environment:
    """An environment of a definition."""
    return environments.find(parse(text), name, root=Path("/shop"), environ={})


def test_a_table_is_a_target_and_its_options() -> None:
    found = find("staging")
    assert found.target.TITLE == "Server"
    assert found.options == server_target.Options(
        host="deploy@staging.example.org", directory="/srv/shop", keep=3, timeout="30s"
    )


def test_local_is_always_this_machine() -> None:
    text = TEXT.partition("[environment.staging]")[0]
    assert find("local", text).options == server_target.Options(directory="/shop/var/server")
    assert find("local", text).options.contract == Contract("/healthz", "/", "requirements.txt", ("instance",))


def test_a_rehearsal_asks_of_the_app_what_the_first_server_asks() -> None:
    text = f'{TEXT}port = 80\nhealth = "/up"\npage = ""\nstate = ["data"]\n[environment.other]\ntarget = "server"\n'
    assert find("local", f'{text}directory = "o"\n').options == server_target.Options(
        directory="/shop/var/server", keep=3, health="/up", page="", state=("data",)
    )


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("stagin", "; did you mean 'staging'?"),
        ("canary", "; there are local, production, staging. Add it to ci/pipeline.toml as [environment.canary]"),
    ],
)
def test_an_unknown_environment(name: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(name)
    assert str(caught.value) == f"there is no environment {name!r}{advice}"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('kept = 3', "environment.staging.kept: there is no key 'kept' here; did you mean 'keep'?"),
        ('keep = 1', "environment.staging.keep: expected a whole number >= 2"),
        ('host = "-oProxyCommand=x"', "environment.staging.host: '-oProxyCommand=x' is not a host as ssh takes it: "
         '"shop", "deploy@example.org" or "ssh://deploy@example.org:2222"; or "$DEPLOY_HOST", the variable that '
         "names it"),
        ('directory = "/srv\\n"', "environment.staging.directory: '/srv\\n' is not a path of a folder"),
        ('health = "up"', "environment.staging.health: 'up' is not a path on the server, as \"/healthz\""),
        ('page = "about"', "environment.staging.page: 'about' is not a path on the server, as \"/\", or \"\" for none"),
        ('state = ["a", "../b"]', "environment.staging: state: '../b' is no folder inside the release, as \"instance\" "
         "or \"data/uploads\""),
        ('state = ["a", "a/b"]', "environment.staging: state: 'a/b' lies in 'a': name the outer folder alone, once"),
        ('python = "python3 -c"', "environment.staging.python: 'python3 -c' is not a program, as python3.13 or its "
         "path"),
    ],
)  # fmt: skip
def test_options_are_checked_when_the_environment_is_used(wrong: str, message: str) -> None:
    key = wrong.partition(" ")[0]
    kept = [line for line in TEXT.splitlines() if not line.startswith(f"{key} ")]
    with pytest.raises(DefinitionError) as caught:
        find("staging", "\n".join([*kept, wrong]))
    assert str(caught.value).partition(" ")[2] == message


def test_a_mistake_in_any_environment_is_found_in_a_rehearsal() -> None:
    with pytest.raises(DefinitionError, match="ci/pipeline.toml:16: environment.staging.kept: there is no key 'kept'"):
        find("local", TEXT + "kept = 3\n")


def test_a_target_that_does_not_exist_has_its_line() -> None:
    with pytest.raises(DefinitionError) as caught:
        find("local", TEXT.replace("heroku", "heroko"))
    assert str(caught.value) == (
        "ci/pipeline.toml:9: environment.production.target: there is no target 'heroko'; did you mean 'heroku'?"
    )


@pytest.mark.parametrize("host", ["shop", "deploy@10.0.0.1", "ssh://deploy@shop:2222", "ssh://[::1]:22"])
def test_hosts_as_ssh_takes_them(host: str) -> None:
    assert find("staging", TEXT.replace("deploy@staging.example.org", host)).options.host == host


def test_what_is_wrong_with_an_environment_itself() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(TEXT.replace('target = "heroku"\n', "") + '[environment.local]\ntarget = "server"\n')
    assert str(caught.value).splitlines() == [
        'ci/pipeline.toml:8: environment.production: has no `target`: say what it is, as target = "heroku"',
        "ci/pipeline.toml:15: environment.local: 'local' is this machine, always: choose another name",
    ]


@pytest.mark.parametrize(
    ("wanted", "given", "name"),
    [
        (None, None, "local"),
        (None, "production", "production"),
        ("staging", None, "staging"),
        ("staging", "production", "staging"),
        ("local", "local", "local"),
    ],
)
def test_the_environment_that_is_meant(wanted: str | None, given: str | None, name: str) -> None:
    said: list[str] = []
    assert environments.chosen(wanted, {"CI_ENVIRONMENT": given} if given else {}, say=said.append) == name
    assert said == []


def test_a_rehearsal_leaves_every_named_environment_alone() -> None:
    said: list[str] = []
    assert environments.chosen("production", {"CI_ENVIRONMENT": "local"}, say=said.append) == "local"
    assert said == ["CI_ENVIRONMENT is local, so this is a rehearsal here, and production is left alone"]


def test_another_package_offers_a_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the entry-point group ``ci.targets``; here the target is one of our own under another name."""
    offered = EntryPoints([EntryPoint("rack", "ci.deploy.server.target", "ci.targets")])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: offered.select(group=group))
    found = find("lab", TEXT + '[environment.lab]\ntarget = "rack"\ndirectory = "/srv/lab"\n')
    assert found.options == server_target.Options(directory="/srv/lab")
    with pytest.raises(UsageError, match="there is no target 'crate'; there are heroku, rack, server"):
        targets.find("crate")


def test_the_target_of_the_documentation_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[3] / "docs/deploying.md").read_text()
    (tmp_path / "shelf_target.py").write_text(text.partition("```python\n")[2].partition("```")[0])
    monkeypatch.syspath_prepend(tmp_path)
    offered = EntryPoints([EntryPoint("shelf", "shelf_target", "ci.targets")])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: offered.select(group=group))
    found, said = find("files", TEXT + '[environment.files]\ntarget = "shelf"\nfolder = "shelf"\n'), list[str]()
    (tmp_path / "shelf").mkdir()
    archive = tmp_path / "shop-1.tar.gz"
    archive.touch()
    real, dry = (targets.Context("files", tmp_path, {}, said.append, dry_run=dry) for dry in (False, True))
    assert found.target.deploy(archive, found.options, context=dry) is None
    assert found.target.releases(found.options, context=real) == ()
    made = found.target.deploy(archive, found.options, context=real)
    assert made == targets.Deployed("shop-1.tar.gz", (tmp_path / "shelf/shop-1.tar.gz").as_uri())
    assert [one.name for one in found.target.releases(found.options, context=real)] == ["shop-1.tar.gz"]
    assert said == ["would copy shop-1.tar.gz to shelf"]
