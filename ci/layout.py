"""Where the project is, and where its tool lives. Standard library only, and little of it: read at every start."""

import os

#: What makes a folder a project.
DEFINITION = os.path.join("ci", "pipeline.toml")

#: What starts the tool where nothing is installed: the package itself in its own repository, elsewhere a bootstrap.
START = os.path.join("ci", "__main__.py")

#: Locks that may name the tool: of the tool alone, for a project with packages of its own making, and of everything.
OWN_LOCK = os.path.join("ci", "requirements.txt")
COMMON_LOCK = "requirements-dev.txt"


class Home:
    """A project that brings its tool along, at ``root``.

    ``prefix`` is the environment in which the tool runs, ``lock`` the file that says what it holds. A plain class:
    to import ``typing`` or ``dataclasses`` would cost more than all else here.
    """

    def __init__(self, root: str, lock: str, prefix: str) -> None:
        self.root, self.lock, self.prefix = root, lock, prefix

    @property
    def is_source(self) -> bool:
        """Whether this is the repository in which the tool is made: it runs from there, and nothing installs it."""
        return os.path.exists(os.path.join(self.root, "ci", "__init__.py"))


def find_root(start: "str | None" = None) -> "str | None":
    """The folder at or above ``start`` (default: the working directory) that holds a definition; None without one."""
    folder = os.path.abspath(start or os.curdir)
    while not os.path.isfile(os.path.join(folder, DEFINITION)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def home(root: "str | None") -> "Home | None":
    """The tool of the project at ``root``; None where it brings none along, so that the one that was called serves.

    A lock of the tool alone has an environment of its own, which nobody else fills; else it is the project's.
    """
    if root is None or not os.path.isfile(os.path.join(root, START)):
        return None
    own = os.path.join(root, OWN_LOCK)
    if os.path.isfile(own):
        return Home(root, own, os.path.join(root, "var", "environments", "tool"))
    common = os.path.join(root, COMMON_LOCK)
    return Home(root, common, os.path.join(root, ".venv")) if os.path.isfile(common) else None
