"""The script a user would write: pandas, phonenumbers for each number, drop_duplicates, frames.

python -m benchmarks.peers.load_naively FILE REJECTS.csv
"""

import sys

import pandas as pd
import phonenumbers

MOBILE = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)


def normalise(text: object) -> str | None:
    try:
        number = phonenumbers.parse(str(text), "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def main(path: str, rejects: str) -> None:
    if path.endswith(".xlsx"):
        table = pd.read_excel(path, dtype={"Mobile": str}, engine="openpyxl")
    else:
        table = pd.read_csv(path, dtype={"Mobile": str})
    table["number"] = table["Mobile"].apply(normalise)
    table[table["number"].isna()].to_csv(rejects, index=False)
    good = table.dropna(subset=["number"]).drop_duplicates("number")
    people = good[["number", "First Name", "Last Name", "City"]]
    frames = [people.iloc[at : at + 500].to_dict("records") for at in range(0, len(people), 500)]
    print(len(frames), len(good))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
