"""A stranger's engine: the adapter of docs/adding-an-engine.md, as a package of its own, works as the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/adding-an-engine.md").read_text()
DEFINITION = """\
version = 1
name = "ci"

[target.tiny]
trace = true

[[stage]]
name = "lint"
run = ["echo 'hello'"]
secrets = { KEY = "key" }
"""


def block(language: str) -> str:
    """The page's first block in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def install(folder: Path) -> None:
    """What pip leaves of a package with the page's entry point: its module and its metadata."""
    metadata = folder / "tiny_ci-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "tiny_ci.py").write_text(block("python"))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-ci\nVersion: 1.0\n")
    group, line = re.findall(r'entry-points\."(.*?)"\]\n(.*)', block("toml"))[0]
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{line.replace(chr(34), '')}\n")


def test_the_page_s_adapter_writes_its_files(tmp_path: Path) -> None:
    install(tmp_path / "site")
    project = tmp_path / "project"
    (project / "ci").mkdir(parents=True)
    (project / "ci/pipeline.toml").write_text(DEFINITION)
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from ci.cli import main; sys.exit(main())", "generate", "--to", "tiny"],
        cwd=project, env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}/site"}, capture_output=True, text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "wrote: .tiny/lint.sh\n\n"
        "On Tiny CI:\n"
        "  lost (the engine can't do it)\n"
        "    lint: secrets: Tiny CI has none\n"
    )
    script = project / ".tiny/lint.sh"
    assert script.read_text().splitlines()[:3] == [
        "# Generated from ci/pipeline.toml; do not edit, run: ci generate",
        "# lost: lint: secrets: Tiny CI has none",
        "set -x",
    ]
    assert subprocess.run(["sh", script], capture_output=True, text=True, timeout=60).stdout == "hello\n"
