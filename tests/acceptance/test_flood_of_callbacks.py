"""5,000 callbacks while the receiver is killed; `make bench` posts 50,000."""

from pathlib import Path

from tests.flood import flood_listener


def test_nothing_acknowledged_in_a_flood_is_lost(tmp_path: Path) -> None:
    flood = flood_listener(tmp_path, callbacks=5_000, kills=3)

    assert flood.kills == 3
    assert len(flood.acknowledged) == 5_000
    assert flood.lost == set()
    assert flood.refused == 0
    assert flood.share_within_a_second > 0.99
