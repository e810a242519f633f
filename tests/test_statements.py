import pytest

from helpers import processed
from helpers.checks import statements
from helpers.errors import InputError

HOUSEHOLDS = {"printed": "5", "indicator": "households", "unit": "household"}
HEADER = "left,relation,right,reason_vi,reason_en\n"


def written(project, *lines):
    path = project.raw / "muong-te" / "statements.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return project


def test_a_district_without_the_file_has_none(tiny):
    assert statements.load(tiny({}), "muong-te", {"2022-f001"}) == []


def test_a_statement_becomes_a_finding(tiny):
    project = tiny(
        {"printed": "10"}, {"printed": "5", "indicator": "households", "unit": "household"}
    )
    written(project, "2022-f001,=,2022-f002 × 2,vì,because")
    found = [
        one for one in processed.ingest(project, "muong-te").findings if one.kind == "statement"
    ]
    assert [(one.verdict, one.left, one.right) for one in found] == [
        ("holds", ("2022-f001",), ("2022-f002", "×", "2"))
    ]


def test_findings_survive_the_file(tiny):
    project = tiny(
        {"printed": "10"}, {"printed": "5", "indicator": "households", "unit": "household"}
    )
    written(project, "2022-f001,≤,2022-f002,vì,because")
    assert processed.ingest(project, "muong-te").findings == (
        processed.load(project, "muong-te").findings
    )


@pytest.mark.parametrize(
    ("line", "column", "found"),
    [
        ("2022-f009,=,2022-f001,vì,because", "left", "2022-f009"),
        ("2022-f001,=,2022-f001 +,vì,because", "right", "2022-f001 +"),
        ("2022-f001 * 2,=,2022-f001,vì,because", "left", "'*'"),
        ("2022-f001,=,many,vì,because", "right", "many"),
        ("2022-f001,~,2022-f001,vì,because", "relation", "~"),
        ("2022-f001,=,2022-f001,,because", "reason_vi", "empty"),
    ],
)
def test_a_mistake_is_told_with_its_place(tiny, line, column, found):
    project = written(tiny({}), line)
    with pytest.raises(InputError) as caught:
        processed.ingest(project, "muong-te")
    message = str(caught.value)
    assert message.startswith("data/raw/muong-te/statements.csv, row 2, column " + column)
    assert found in message
    assert not (project.processed / "muong-te" / "inputs.json").exists()
