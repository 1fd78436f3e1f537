"""The distribution: what its wheel holds, that it is always the same one, and that it works where it is installed."""

import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import uv
from packaging.metadata import Metadata

import ci
from ci import adapters
from ci.deploy import targets
from ci.distribution import contents
from tests.repository import Repository

ROOT = Path(__file__).parents[2]
INFORMATION = f"pipeline_everywhere-{ci.__version__}.dist-info"

#: How the two installers are told to install a wheel without what it needs, which the tests bring.
INSTALLERS = {
    "pip": [sys.executable, "-m", "pip", "--python", "{python}", "install", "--quiet", "--no-deps", "--no-index"],
    "uv": [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", "{python}", "--no-deps", "--offline"],
}


@pytest.fixture(scope="module", params=INSTALLERS)
def installed(request: pytest.FixtureRequest, wheel_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment into which the wheel was installed, beside the packages of this one."""
    prefix = tmp_path_factory.mktemp(request.param)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
    (packages,) = prefix.glob("lib/python*/site-packages")
    (packages / "beside.pth").write_text(str(Path(pytest.__file__).parents[1]))
    python = prefix / "bin" / "python"
    command = [word.replace("{python}", str(python)) for word in INSTALLERS[request.param]]
    subprocess.run([*command, wheel_file], check=True)
    return python


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository that has a definition, and nothing of the tool."""
    made = Repository.create(tmp_path_factory.mktemp("project"))
    made.commit({"ci/pipeline.toml": 'version = 1\nname = "small"\n[[stage]]\nname = "test"\nrun = ["true"]\n'})
    return made


def tracked(*paths: str) -> set[str]:
    return set(Repository(ROOT).git("ls-files", "--cached", "--others", "--exclude-standard", *paths).splitlines())


def test_it_holds_the_package_with_all_its_data_and_the_sample_app(wheel_file: Path) -> None:
    package = tracked("ci") - {"ci/README.md", "ci/lock.sh", "ci/pipeline.toml", "ci/pyproject.toml"}
    sample = {f"ci/projects/sample/{path}" for path in tracked(*contents.SAMPLE)}
    information = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    assert set(zipfile.ZipFile(wheel_file).namelist()) == {
        *package, *sample, "ci/projects/CHANGELOG.md", *(f"{INFORMATION}/{name}" for name in information),
    }


def test_pip_and_uv_build_the_same_bytes_as_the_tool_does(wheel_file: Path, tmp_path: Path) -> None:
    uv_builds = f"{uv.find_uv_bin()} build --quiet --wheel --offline --out-dir {tmp_path}/uv"
    pip_builds = f"{sys.executable} -m pip wheel --quiet --no-deps --no-index --wheel-dir {tmp_path}/pip"
    for command in (uv_builds, pip_builds):
        subprocess.run([*command.split(), ROOT / "ci"], check=True)
    assert {path.read_bytes() for path in tmp_path.glob("*/*.whl")} == {wheel_file.read_bytes()}


def test_an_installed_tool_makes_its_own_wheel_again(installed: Path, wheel_file: Path, tmp_path: Path) -> None:
    code = "from ci.distribution import contents, wheel; print(wheel.of(contents.of_running()).sha256)"
    again = subprocess.run([installed, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert again.strip() == hashlib.sha256(wheel_file.read_bytes()).hexdigest()


def test_its_metadata_is_what_the_specification_wants(wheel_file: Path) -> None:
    written = zipfile.ZipFile(wheel_file).read(f"{INFORMATION}/METADATA")
    read = Metadata.from_email(written)  # validates
    with (ROOT / "ci" / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert (read.name, str(read.version), str(read.requires_python)) == (project["name"], ci.__version__, ">=3.11")
    assert [str(requirement) for requirement in read.requires_dist or ()] == project["dependencies"]


def test_plug_ins_of_the_tool_itself_are_those_that_it_lists(installed: Path) -> None:
    found = metadata.distributions(path=[str(next(installed.parents[1].glob("lib/python*/site-packages")))])
    points = next(one for one in found if one.name == "pipeline-everywhere").entry_points
    groups = {group: {point.name: point.value for point in points.select(group=group)} for group in points.groups}
    assert groups == {
        "console_scripts": {"ci": "ci.__main__:main"},
        "ci.adapters": adapters.BUILT_IN,
        "ci.targets": targets.BUILT_IN,
        "pytest11": {"ci.bench": "ci.bench.pytest_plugin"},
    }


@pytest.fixture
def both(installed: Path, project: Repository) -> Callable[..., set[tuple[int, str, str]]]:
    """What `ci` and `python -m ci` answer in the project: one answer, if both do the same."""

    def called(*arguments: str, folder: Path = project.root) -> set[tuple[int, str, str]]:
        answers = set()
        for command in ([installed.with_name("ci")], [installed, "-m", "ci"]):
            done = subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True)
            answers.add((done.returncode, done.stdout, done.stderr))
        return answers

    return called


def test_it_says_its_version(both: Callable[..., set[tuple[int, str, str]]]) -> None:
    assert both("--version") == {(0, f"ci {ci.__version__}\n", "")}


def test_it_generates_for_every_engine(both: Callable[..., set[tuple[int, str, str]]]) -> None:
    ((code, said, errors),) = both("generate", "--dry-run", *(f"--to={engine}" for engine in adapters.BUILT_IN))
    assert (code, errors) == (0, "")
    written = {line.removeprefix("would write: ") for line in said.splitlines() if line.startswith("would write: ")}
    assert written >= {
        "BUILD.bazel", "buildbot/pipeline.py", ".github/workflows/ci.yml", "ci/pipeline.gocd.yaml", "Jenkinsfile",
        ".teamcity.yml",
    }


def test_it_runs_a_pipeline(both: Callable[..., set[tuple[int, str, str]]], project: Repository) -> None:
    ((code, listed, _),) = both("run", "--list", folder=project.root)
    assert (code, listed.splitlines()[1].split()) == (0, ["test", "test", "test"])


def test_outside_of_projects_it_says_how_to_get_one(
    both: Callable[..., set[tuple[int, str, str]]], tmp_path: Path
) -> None:
    ((code, _, said),) = both("run", folder=tmp_path)
    assert code == 2 and "`ci new DIRECTORY` makes a project" in said


def test_pytest_knows_the_marker_of_the_gate(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_marked.py").write_text(
        "import pytest\n\n\n@pytest.mark.benchmark_gate(tolerance=0.1)\ndef test_marked() -> None:\n    pass\n"
    )
    command = ["-m", "pytest", "--strict-markers", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run([installed, *command, tmp_path], cwd=tmp_path, capture_output=True).returncode == 0


@pytest.mark.slow
def test_the_tests_of_the_command_line_pass_where_the_tool_is_installed(installed: Path, tmp_path: Path) -> None:
    """Outside of the checkout, with nothing of it but the tests."""
    copy = tmp_path / "elsewhere"
    left_out = ("tests/golden", "tests/engines")
    names = [path for path in tracked("tests", "pyproject.toml") if not path.startswith(left_out)]
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:benchmark"]
    tests = ["tests/ci/test_cli.py", "tests/ci/commands/test_run.py", "tests/ci/commands/jenkins/test_lists.py"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([installed, *command, *tests], cwd=copy, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
