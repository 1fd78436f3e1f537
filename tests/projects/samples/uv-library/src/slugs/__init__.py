"""Readable names for addresses."""

import re
import unicodedata

import click


def slug(title: str) -> str:
    """The title in small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


@click.command()
@click.argument("title")
def main(title: str) -> None:
    """Print the slug of TITLE."""
    click.echo(slug(title))
