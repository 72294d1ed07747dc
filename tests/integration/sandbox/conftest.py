"""A sandbox for each test that asks for one."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.sandbox.caller import RunningSandbox, StartBox, StoppedClock


@pytest.fixture
def start() -> Iterator[StartBox]:
    """Start a sandbox with the options given; it stops with the test."""
    with ExitStack() as stack:

        def started(**options: Any) -> RunningSandbox:  # noqa: ANN401 - options of any kind
            clock = StoppedClock()
            sandbox = stack.enter_context(Sandbox(SandboxOptions(**options), clock))
            return RunningSandbox(sandbox, clock)

        yield started


@pytest.fixture
def box(start: StartBox) -> RunningSandbox:
    return start()
