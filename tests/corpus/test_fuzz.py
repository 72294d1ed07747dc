"""A short run of the fuzzer with every test run; `make fuzz` runs a long one."""

from tests.corpus.fuzz import Failure, fuzz


def test_two_hundred_spoiled_files_end_in_sheets_or_one_sentence() -> None:
    failures = [end.how for end in fuzz(200, seed=1) if isinstance(end, Failure)]
    assert failures == []
