"""What `ci bench --calibrate` says."""

from ci.bench.calibrate import Calibration, Trials
from ci.bench.report import calibration


def test_a_row_for_each_slowdown_and_what_the_machine_can_hold() -> None:
    trials = (
        Trials(slowdown=0.0, answers={"same": 9, "unsure": 1}, readings=(0.99, 1.0, 1.02)),
        Trials(slowdown=0.1, answers={"slower": 10}, readings=(1.09, 1.1, 1.12)),
    )
    assert list(calibration.table(Calibration(tolerance=0.05, trials=trials, holds=0.03))) == [
        "With a tolerance of 5 %:",
        "",
        "injected     answers  slower  same  unsure  read (median, from, to)",
        "nothing      10       0       9     1       0.0 %, -1.0 %, +2.0 %",
        "10 % slower  10       10      0     0       +10.0 %, +9.0 %, +12.0 %",
        "",
        "This machine can hold a tolerance of 3 %.",
    ]


def test_a_machine_that_can_hold_none() -> None:
    trials = (Trials(slowdown=0.0, answers={}, readings=()),)
    *_table, last = calibration.table(Calibration(tolerance=0.05, trials=trials, holds=None))
    assert last == "This machine is too busy for any tolerance: give it more time (--budget), or less to do beside."
