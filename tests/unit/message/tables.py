"""Tables of screened contacts, as the tests of this room need them."""

import pandas as pd


def screened(**columns: list[str]) -> pd.DataFrame:
    """Return one contact for each value of the columns, the first in row 2."""
    size = len(next(iter(columns.values())))
    return pd.DataFrame(
        {
            "source": 0,
            "row": range(2, size + 2),
            "phone_number": range(33639980000, 33639980000 + size),
            "country": "FR",
            "source_column": "Mobile",
            **{name: pd.Series(values, dtype="str") for name, values in columns.items()},
        }
    )
