"""Hypothesis draws the same examples in every run; in the full test (FULL_TEST=1) a skipped test is a failed one."""

import os

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


def unskipped(report):
    if report.skipped and os.environ.get("FULL_TEST") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in the full test: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return unskipped((yield))
