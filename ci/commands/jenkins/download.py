"""``ci jenkins download``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, screen
from ci.commands.jenkins.server import connect

if TYPE_CHECKING:
    from ci.jenkins import Artifact


@click.command("download")
@arguments.target_argument
@arguments.branch_option
@click.option("--pattern", "-p", metavar="GLOB", default="**", help="Only these, e.g. *.tar.gz or reports/**/*.xml.")
@click.option("--dir", "-D", "folder", metavar="DIR", type=click.Path(path_type=Path), default=Path("."),
              help="Where to; the working directory without it.")
@arguments.json_option
def download_command(
    *, target: tuple[str, ...], branch: str | None, pattern: str, folder: Path, as_json: bool
) -> int:
    """Save artifacts of a build, the last one without NUMBER.

    Prints where each is. A file is there as a whole or not at all.

    \b
    ci jenkins download folder/app stable -p '*.tar.gz' -D release
    """
    job, number = arguments.to_target(target)
    client = connect()
    build = client.build(job, number, branch=branch)
    saved: list[dict[str, str]] = []

    def note(artifact: "Artifact", path: Path) -> None:
        saved.append({"artifact": artifact.path, "file": screen.file_name(path)})
        if not as_json:
            screen.show([str(path)])

    try:
        with screen.Progress() as progress:
            progress.update(f"{build.name}: saving artifacts")
            client.download(build, pattern, folder, on_file=note)
    finally:  # what is there is told, also where one of them could not be saved
        if as_json:
            screen.show_json({"build": build, "files": saved})
    return 0
