"""``python3 -m ci``: makes the environment when it is missing or out of date, then starts the command line.

Standard library only, and little of it: this runs before anything is installed, and at every start after that.
It must also parse on an older Python (3.8), so that its users read one clear sentence instead of a SyntaxError.
"""

import os
import sys

NEEDED = (3, 11)

HELP = """\
Usage: python3 -m ci COMMAND [OPTIONS]

Checks, builds and deploys this repository as ci/pipeline.toml says, and writes the files for its CI engines.

  python3 -m ci run          the whole pipeline on this machine
  python3 -m ci run test     one job or stage of it
  python3 -m ci generate     Jenkinsfile, GitHub workflow and the others

Nothing is installed yet. The first command makes the folder {prefix} with what {lock} lists,
which needs a network once. After that, `python3 -m ci --help` shows all commands.
"""


def main() -> int:
    """Start the command line in an environment that holds what the lock says; its exit code, 2 if there is none."""
    if sys.version_info < NEEDED:
        print(too_old(), file=sys.stderr)
        return 2
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a closed one is None
            stream.reconfigure(errors="backslashreplace")  # the terminal may know fewer characters than we write
    try:
        return start(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


def too_old() -> str:
    """What to tell somebody whose Python is older than ``NEEDED``."""
    from shutil import which

    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if which(name)]
    advice = "start it with a newer one: %s -m ci" % newer[0] if newer else "install a newer one, with its venv module"
    return "ci: needs Python 3.11 or newer, and this is %s (%s); %s" % (sys.version.split()[0], sys.executable, advice)


def start(arguments: "list[str]") -> int:
    """Run ``arguments`` here if this interpreter has all it needs, else in the project's own environment (no return).

    A project that brings no tool along is served by the one that was called.
    """
    from ci import layout, stamp

    if arguments[:1] in (["setup"], ["environment"], ["summary"]):
        return start_anywhere(arguments[0], arguments[1:])
    home = layout.home(layout.find_root())
    if home is None or stamp.is_current(sys.prefix, home.lock, version=stamp.RUNNING):
        return start_here()
    is_inside = os.path.realpath(sys.prefix) == os.path.realpath(home.prefix)
    if is_inside or not stamp.is_current(home.prefix, home.lock):
        if arguments in ([], ["-h"], ["--help"]):
            names = (os.path.relpath(path, home.root) for path in (home.prefix, home.lock))
            print(HELP.format(**dict(zip(("prefix", "lock"), names))), end="")
            return 0
        from ci import environment

        code = environment.prepare(home)
        if code:
            return code
    os.environ.pop("PYTHONHOME", None)  # would send it back to another Python's packages, and so round in circles
    programs = os.path.join(home.prefix, "bin")
    python = os.path.join(programs, "python3")
    os.execv(python, [python, os.path.join(programs, "ci"), *arguments])


def start_here() -> int:
    """Run the command line in this interpreter, which the stamp says has all it needs."""
    try:
        from ci import cli

        return cli.main()
    except ModuleNotFoundError as error:
        if not error.name or error.name.partition(".")[0] == "ci":
            raise
        print("ci: %s lacks the package %s: %s" % (sys.prefix, error.name, advice()), file=sys.stderr)
        return 2


def advice() -> str:
    """What to do about an environment that is not whole: ours can be made anew, another is its owner's."""
    from ci import stamp

    if stamp.read(sys.prefix):
        return "remove that folder, then run the same command again"
    return "install the tool there again, with the packages that it needs: pip install pipeline-everywhere"


def start_anywhere(command: str, arguments: "list[str]") -> int:
    """Run one of the commands of pipelines that work before, or without, an environment."""
    if command == "summary":
        from ci.report.summary import summary_command

        return summary_command(arguments)
    from ci import environment

    return environment.setup_command(arguments) if command == "setup" else environment.environment_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
