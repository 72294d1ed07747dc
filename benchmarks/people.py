"""The contacts of the sending rows: as many frames of 500 as asked for."""

import pandas as pd

TEXT = "Bonjour {first_name}, -20% pour vous. STOP au 30101"
FRAME = 500


def people(frames: int) -> pd.DataFrame:
    """Return the contacts of so many frames, in the API's own words."""
    count = frames * FRAME
    return pd.DataFrame(
        {
            "phone_number": range(33639980000, 33639980000 + count),
            "first_name": ["Zoë", "Inès", "Paul", "Maël"] * (count // 4),
            "last_name": ["Martin", "Noël", "Petit", "Garcia"] * (count // 4),
        }
    )
