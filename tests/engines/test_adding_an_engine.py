"""A stranger's engine: docs/adding-an-engine.md, step by step as it stands there, in a folder of its own, offline."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.programs import need
from tests.files import write

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/adding-an-engine.md").read_text("utf-8")
DEFINITION = """\
version = 1
name = "shop"
python = "3.13"

[on]
push = ["main"]

[[stage]]
name = "test"
run = ["make test"]

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"] }
secrets = { DEPLOY_KEY = "deploy-key" }
run = ["make deploy"]
"""
GENERATED = r"""# Generated from ci/pipeline.toml; do not edit, run: ci generate
# lost: concurrency: pipelines run side by side, and not cancel-superseded-pr
# lost: keep: 30 runs, 14 days
# manual-setup: python: runners need git and python3
# manual-setup: deploy: secrets: add the masked variable DEPLOY_KEY (deploy-key)
stages: [test, deploy]

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "main"
    - if: $CI_PIPELINE_SOURCE == "schedule"
    - if: $CI_PIPELINE_SOURCE == "web"

test:
  stage: test
  timeout: "1800 seconds"
  dependencies: []
  script:
    - |-
      timeout -k 30 1800 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
        'python3 -m ci environment --python 3.13 .venv' \
        'export PATH="$PWD/.venv/bin:$PATH"
      make test'

deploy:
  stage: deploy
  timeout: "1800 seconds"
  variables:
    CI_ENVIRONMENT:
      value: production
      expand: false
  environment: production
  rules:
    - if: "($CI_COMMIT_BRANCH == \"main\")"
      when: manual
  dependencies: []
  script:
    - |-
      timeout -k 30 1800 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
        'python3 -m ci environment --python 3.13 .venv' \
        'export PATH="$PWD/.venv/bin:$PATH"
      make deploy'
"""
SAID = {
    "python -m pytest ci-gitlab": "passed in",
    "ci explain --to gitlab": "deploy: secrets: add the masked variable DEPLOY_KEY (deploy-key)",
    "ci generate --to gitlab": "wrote: .gitlab-ci.yml",
    "ci check gitlab": "  ok        rules of ci",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with a definition, and the files of the page."""
    found = re.findall(r"^`(ci-gitlab/[^`]+)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    write(tmp_path, {"ci/pipeline.toml": DEFINITION, **dict(found)})
    return tmp_path


@pytest.fixture
def env(project: Path) -> dict[str, str]:
    """An environment with this ci and its packages, into which the page installs its own."""
    folder = project / ".venv"
    subprocess.run([need("uv"), "venv", "--quiet", "--offline", "--python", sys.executable, folder], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    here = Path(pytest.__file__).parents[1]
    (site / "beside.pth").write_text(f"{ROOT}\n{here}\n", "utf-8")
    main = f"#!{folder}/bin/python\nimport sys\nfrom ci.cli import main\nsys.exit(main())\n"
    (folder / "bin/ci").write_text(main, "utf-8")
    (folder / "bin/ci").chmod(0o755)
    path = f"{folder}/bin:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(folder), "UV_OFFLINE": "1", "HOME": str(project)}


def test_the_page_does_what_it_says(project: Path, env: dict[str, str]) -> None:
    """Every command, in its order."""
    (commands,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for command in commands.splitlines():
        done = subprocess.run(command, shell=True, cwd=project, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert SAID.get(command, "") in done.stdout
    assert (project / ".gitlab-ci.yml").read_text("utf-8") == GENERATED
