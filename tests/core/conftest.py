"""What the tests of the core share: a real SQLite, for what is compiled to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.rows import Rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    rows = Rows(tmp_path_factory.mktemp("rows") / "rows.db")
    yield rows
    rows.connection.close()
