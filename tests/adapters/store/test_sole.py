"""One server to a database."""

from pathlib import Path

import pytest

from server.adapters.store import StoreRefused
from server.adapters.store.sole import sole_import, sole_server


def test_a_second_server_is_refused_and_the_database_is_free_again_afterwards(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'data' / 'earshot.db'}"
    with sole_server(url):
        with pytest.raises(StoreRefused, match="another server"), sole_server(url):
            pass
        with sole_server(f"sqlite:{tmp_path / 'other.db'}"):
            pass
    with sole_server(url):
        pass


def test_other_stores_serve_as_many_as_come() -> None:
    with sole_server("postgresql:x"), sole_server("postgresql:x"):
        pass


def test_a_second_import_is_refused_and_a_server_beside_it_is_not(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'earshot.db'}"
    with sole_import(url):
        with pytest.raises(StoreRefused, match="another import"), sole_import(url):
            pass
        with sole_server(url):
            pass
    with sole_import(url):
        pass
