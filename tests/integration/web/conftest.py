"""A page without an account, which the tests of a file share."""

from collections.abc import Iterator

import pytest

from tests.integration.web.page_server import PageServer, page_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with page_server(tmp_path_factory.mktemp("page") / "home") as running:
        yield running
