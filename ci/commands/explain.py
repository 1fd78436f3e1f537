"""``ci explain``, ``ci script``, ``ci schema``: the definition in other forms."""

import os

import click

from ci.commands import find_root, job_names, load, to_engines
from ci.errors import UsageError


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 3 if an engine loses a meaning.")
@to_engines
def explain(*, strict: bool, engines: tuple[str, ...]) -> int:
    """Say in words what the pipeline does.

    Then where `ci deploy` can go, and what each engine says differently or needs set up by hand.

    \b
    ci explain                  the pipeline, then every engine of the definition
    ci explain --to github      what GitHub Actions can't say, or needs set up by hand
    """
    from ci import explain as words
    from ci import generate as generator
    from ci.deploy import environments

    root = find_root()
    definition, plan = load(root)
    if not engines:
        click.echo(words.pipeline(plan))
        known = environments.known(definition, root=root, environ=os.environ)
        click.echo(words.environments(plan, {name: one.target.TITLE for name, one in known.items()}))
    generated = [one for one in generator.generate(root, definition, plan, engines) if one.files]
    for one in generated:
        click.echo(words.notes(one.title, one.notes))
    if strict:
        generator.refuse_lost(generated)
    return 0


@click.command()
@click.argument("job", shell_complete=job_names)
def script(*, job: str) -> int:
    """Print one job as a shell script.

    With its time limit and its retries.

    \b
    ci script lint | sh         run the job's commands here, without ci
    """
    from ci import plan as planning

    plan = load(find_root())[1]
    found = [one for one in plan.jobs if job in (one.name, one.slug)]
    if not found:
        raise UsageError(f"no job {job!r}; there are {', '.join(one.slug for one in plan.jobs)}")
    click.echo(planning.whole_job(found[0]))
    return 0


@click.command()
def schema() -> int:
    """Print the JSON schema of ci/pipeline.toml."""
    from ci import schema as schemas

    click.echo(schemas.text(), nl=False)
    return 0
