"""The target `server` as environments of a definition have it: a directory of this machine, or of a host over ssh."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ci import model, values
from ci.deploy import server, unpack
from ci.deploy.contract import Contract
from ci.deploy.server import listing, ssh, state
from ci.deploy.server.conversation import Message
from ci.deploy.server.directory import KEPT_RELEASES
from ci.deploy.targets import Context, Deployed, Release
from ci.errors import UsageError

TITLE = "Server"

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_HOST = rf"({_NAME}@)?{_NAME}|ssh://({_NAME}@)?({_NAME}|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?"
HostName = Annotated[
    str,
    model.text_of(
        rf"{_HOST}|\$[A-Za-z_][A-Za-z0-9_]*",
        'A host as ssh takes it: "shop", "deploy@example.org" or "ssh://deploy@example.org:2222"; or "$DEPLOY_HOST", '
        "the variable that names it.",
    ),
]
FolderPath = Annotated[str, model.text_of(r"[^\x00-\x1f\x7f]+", "A path of a folder.", longest=1000)]


class Options(model.Table, frozen=True, kw_only=True):
    """The keys of an environment that is a server.

    ``directory`` is relative to the checkout, on a ``host`` to the home of the user there. ``ssh_config`` is a file in
    place of the user's own, and ``python`` a program of the host. The others are the app's `Contract`.
    """

    directory: FolderPath
    host: HostName | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    keep: Annotated[int, Meta(ge=2, le=100)] = KEPT_RELEASES
    timeout: model.Duration = "30s"
    health: Annotated[str, model.text_of("/[!-~]*", 'A path on the server, as "/healthz".')] = Contract.health
    page: Annotated[str, model.text_of("(/[!-~]*)?", 'A path on the server, as "/", or "" for none.')] = Contract.page
    requirements: model.FilePath = Contract.requirements
    state: tuple[model.FilePath, ...] = Contract.state
    ssh_config: model.FilePath | None = None
    python: Annotated[str, model.text_of(r"[\w./+][\w./+-]*", "A program, as python3.13 or its path.")] = "python3"

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec makes a mistake of the definition: folders for state that can't be."""
        try:
            state.check(self.state)
        except UsageError as error:
            raise ValueError(str(error)) from None

    @property
    def contract(self) -> Contract:
        """What is asked of the app."""
        return Contract(self.health, self.page, self.requirements, self.state)


def deploy(archive: Path, options: Options, *, context: Context) -> Deployed | None:
    """Make the server serve the release in ``archive``. Raises CiError; what served before then serves on."""
    options = _with_host(options, context)
    if context.dry_run:
        _preview(f"deploy release {unpack.release_name(archive)}", options, context)
        return None
    if options.host:
        return _deployed(_call("deploy", options, context, archive=archive), options)
    return server.deploy(
        archive,
        _directory(options, context),
        environ=_environ(options, context),
        say=context.say,
        timeout=values.seconds(options.timeout),
        keep=options.keep,
        terms=options.contract,
    )


def releases(options: Options, *, context: Context) -> tuple[Release, ...]:
    """What is and was in the directory of the server, newest first."""
    options = _with_host(options, context)
    if options.host:
        return _call("releases", options, context).releases or ()
    return listing.releases(_directory(options, context))


def rollback(release: str | None, options: Options, *, context: Context) -> Deployed | None:
    """Make a release that is still kept serve again. Raises CiError; what served before then serves on."""
    options = _with_host(options, context)
    if context.dry_run:
        _preview(f"go back to {release or 'the release before the current one'}", options, context)
        return None
    if options.host:
        return _deployed(_call("rollback", options, context, release=release), options)
    return server.rollback(
        release,
        _directory(options, context),
        environ=_environ(options, context),
        say=context.say,
        timeout=values.seconds(options.timeout),
    )


def stop(options: Options, *, context: Context) -> None:
    """Stop the server."""
    options = _with_host(options, context)
    if options.host:
        _call("stop", options, context)
    else:
        server.stop(_directory(options, context), say=context.say)


def _with_host(options: Options, context: Context) -> Options:
    """The options with the host itself where they name its variable. Raises UsageError."""
    if not options.host or not options.host.startswith("$"):
        return options
    name = options.host.removeprefix("$")
    host = context.environ.get(name, "")
    if not re.fullmatch(_HOST, host):
        said = f"not {host!r}" if host else "and is not set"
        raise UsageError(
            f"the host of {context.environment} is what the variable {name} names, as in deploy@example.org; it has to "
            f"be a host as ssh takes it, {said}"
        )
    return msgspec.structs.replace(options, host=host)


def _preview(what: str, options: Options, context: Context) -> None:
    where = f"{options.directory} of {options.host}" if options.host else str(_directory(options, context))
    context.say(f"would {what}, in {where}")


def _directory(options: Options, context: Context) -> Path:
    return server.folder_named(options.directory, context.root)


def _environ(options: Options, context: Context) -> dict[str, str]:
    return {**context.environ, **({"PORT": str(options.port)} if options.port else {})}


def _call(
    command: str, options: Options, context: Context, *, archive: Path | None = None, release: str | None = None
) -> Message:
    assert options.host
    request: dict[str, Any] = {
        "command": command,
        "directory": options.directory,
        "port": options.port,
        "keep": options.keep,
        "timeout": values.seconds(options.timeout),
        "release": release,
        "contract": asdict(options.contract),
    }
    host = ssh.Host(options.host, options.python, options.ssh_config or "")
    return ssh.call(host, request, archive=archive, root=context.root, say=context.say)


def _deployed(last: Message, options: Options) -> Deployed | None:
    """With the host in the address, which is that of the host's own loopback."""
    found = last.deployed
    return Deployed(found.release, f"{found.address} on {options.host}", found.previous) if found else None
