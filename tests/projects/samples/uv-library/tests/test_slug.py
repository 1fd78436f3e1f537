from click.testing import CliRunner

from slugs import main, slug


def test_accents_and_blanks() -> None:
    assert slug("  Crème brûlée, twice! ") == "creme-brulee-twice"


def test_command() -> None:
    assert CliRunner().invoke(main, ["Hello World"]).output == "hello-world\n"
