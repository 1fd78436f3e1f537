"""What shows which checkers a project uses: its settings, the packages it lists, its hooks, its CI's commands."""

from msgspec import Struct

from ci.projects.adopt.pre_commit import Hook
from ci.projects.adopt.settings import Settings
from ci.projects.adopt.tree import Tree
from ci.projects.adopt.written_commands import Written


class Evidence(Struct, frozen=True):
    """``packages`` are those that the project lists, ``hooks`` pre-commit's, ``written`` commands of its CI files."""

    tree: Tree
    settings: Settings
    packages: frozenset[str]
    hooks: tuple[Hook, ...]
    written: tuple[Written, ...]

    def calls(self, tool: str) -> tuple[Written, ...]:
        """The project's own calls of ``tool``."""
        return tuple(one for one in self.written if one.tool == tool)

    def hook(self, *ids: str) -> Hook | None:
        """The first hook with one of these ids."""
        return next((hook for hook in self.hooks if hook.id in ids), None)
