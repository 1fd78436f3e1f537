"""Commands that run where nothing is installed look like the others: their output is compared with click's."""

import click
import pytest
from click.testing import CliRunner

from ci.plain_arguments import Parser

SENTENCES = [
    "Wrap a present.", "In PAPER, as long as there is some, with a ribbon around it that many people like to see.",
]
EXAMPLE = "ci wrap --ribbon red gold\nci wrap silver"
HELP = "The colour of the ribbon, as red, blue or green; without it, the one that there is most of."


def parser() -> Parser:
    made = Parser("ci wrap", description="\n\n".join(SENTENCES), example=EXAMPLE)
    made.add_argument("--ribbon", metavar="COLOUR", help=HELP)
    made.add_argument("paper", metavar="[PAPER]", nargs="?")
    return made


@click.command("wrap", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
               help="\n\n".join([*SENTENCES, f"\b\n{EXAMPLE}"]))
@click.option("--ribbon", metavar="COLOUR", help=HELP)
@click.argument("paper", metavar="[PAPER]", required=False)
def wrap(**_options: str) -> None:
    """The same in click's words."""


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_is_laid_out_as_clicks(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    with wrap.make_context("ci wrap", []) as context:
        assert parser().format_help() == wrap.get_help(context) + "\n"


@pytest.mark.parametrize("arguments", [["--colour"], ["gold", "silver"]], ids=" ".join)
def test_a_wrong_call_is_answered_as_by_click(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    done = CliRunner().invoke(wrap, arguments, prog_name="ci wrap")
    assert (ended.value.code, capsys.readouterr().err) == (done.exit_code, done.output)
