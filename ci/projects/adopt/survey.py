"""What a project is checked with, from its tracked files alone: nothing of it is run or imported."""

import re

from msgspec import Struct

from ci.projects.adopt.automation import Automation, read_automation
from ci.projects.adopt.evidence import Evidence
from ci.projects.adopt.findings import Found, Remark
from ci.projects.adopt.install import Install, read_install
from ci.projects.adopt.linters import Linter, read_linters
from ci.projects.adopt.others import read_others
from ci.projects.adopt.pre_commit import read_hooks
from ci.projects.adopt.pythons import Pythons, choose
from ci.projects.adopt.runners import Tests, manage_py, read_tests
from ci.projects.adopt.settings import Settings, read_settings
from ci.projects.adopt.tree import Tree
from ci.projects.adopt.written_commands import read_commands

_LONGEST_NAME = 60


class Survey(Struct, frozen=True, kw_only=True):
    """What is known of a project at ``folder`` of its repository ("" is the top).

    ``modules`` are its folders and files of Python, ``manage`` its manage.py, ``remarks`` what is not taken over.
    What ``automation`` runs is in neither ``linters`` nor ``tests``.
    """

    name: str
    folder: str
    pythons: Pythons
    install: Install
    linters: tuple[Linter, ...]
    tests: Tests | None
    automation: Automation | None
    manage: str
    modules: tuple[str, ...]
    found: tuple[Found, ...]
    remarks: tuple[Remark, ...]


def survey(tree: Tree) -> Survey:
    """Look at a project."""
    settings = read_settings(tree)
    automation = read_automation(tree, settings)
    install = read_install(tree, settings)
    if automation and automation.lint and automation.tests:  # it installs everything itself
        install = Install(packages=install.packages, key_files=(automation.found.file,))
    evidence = Evidence(tree, settings, install.packages, read_hooks(tree), read_commands(tree))
    linters, about_linters = ((), ()) if automation and automation.lint else read_linters(evidence)
    tests = None if automation and automation.tests else read_tests(evidence)
    pythons, about_pythons = choose(tree, settings, automation.pythons if automation else ())
    found = (
        *install.found, *((automation.found,) if automation else ()), *(linter.found for linter in linters),
        *((tests.found,) if tests else ()),
    )
    about_tools = (*settings.broken, *about_pythons, *about_linters, *(automation.remarks if automation else ()))
    return Survey(
        name=_name(tree, settings), folder=tree.folder, pythons=pythons, install=install, linters=linters, tests=tests,
        automation=automation, manage=manage_py(tree), modules=tree.python_paths, found=found,
        remarks=(*about_tools, *read_others(tree, settings, install.packages)),
    )


def _name(tree: Tree, settings: Settings) -> str:
    """The project's name in the characters that a pipeline's name has."""
    given = (
        settings.text("project", "name"), settings.text("tool", "poetry", "name"), str(settings.setup.get("name", "")),
        settings.section("metadata", "setup.cfg")[1].get("name", ""), tree.root.resolve().name,
    )
    names = (re.sub(r"[^A-Za-z0-9 ._-]+", "-", name).strip(" ._-")[:_LONGEST_NAME] for name in given)
    return next(filter(None, names), "project")
