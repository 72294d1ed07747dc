from pathlib import Path

import pyarrow as pa

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.plan.variants import TextOptions, TextsByColumn
from bulksms.use_cases.prepare.source_rows import make_source_rows


def test_every_row_of_the_source_is_kept_once(source: Path) -> None:
    request = PlanRequest(
        files=(str(source),),
        rules=ScreeningRules(rehearsal=True),
        parameters=Parameters(text="Bonjour {first_name}, samedi à {Ville}. STOP au 30101"),
    )

    header, blocks = make_source_rows(make_plan(request))

    kept = pa.concat_tables(blocks).to_pandas()
    decisions = kept[["row", "number", "column", "class", "frame"]]
    assert header == ["Ville", "Prénom", "Mobile"]
    assert list(decisions.itertuples(index=False, name=None)) == [
        (2, "+33639980102", "Mobile", "rejected", 1),
        (3, "", "Mobile", "rejected", 0),
        (4, "", "Mobile", "suppressed", 0),
        (5, "", "Mobile", "rejected", 0),
        (6, "+33639980109", "Mobile", "rejected", 1),
    ]


def test_every_row_names_the_frame_it_is_planned_in(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = (
        f"06 39 98 {at // 100:02} {at % 100:02},{language}"
        for at, language in enumerate(("fr", "en") * 450)
    )
    path.write_text("\n".join(["Mobile,Langue", *rows]) + "\n", encoding="utf-8")
    by_language = TextsByColumn(column="Langue", texts={"fr": "Salut", "en": "Hello"})
    plan = make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text="", sender="SHOP"),
            text_options=TextOptions(texts_by_column=by_language),
        )
    )

    kept = pa.concat_tables(make_source_rows(plan)[1]).to_pandas()

    planned = {
        contact.row: frame.number for _, frame in plan.cut_frames() for contact in frame.contacts
    }
    assert dict(zip(kept["row"], kept["frame"], strict=True)) == planned
    assert kept["frame"].tolist()[:4] == [1, 3, 1, 3]
