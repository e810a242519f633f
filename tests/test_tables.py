import re

from markupsafe import Markup

from helpers.tables import Column, Table, muted, without_empty_columns


def table(**changes):
    values = {
        "caption": "Hộ nghèo <2019>",
        "columns": [Column("Xã"), Column("Hộ", numeric=True), Column("Ghi chú")],
        "groups": [("Vùng cao", [["Dào San", "1.234", ""], ["Mù Sang", muted("–"), ""]])],
        "notes": [Markup("Nguồn")],
    }
    return Table(**{**values, **changes})


def test_headers_have_their_scope_and_text_is_escaped():
    html = table()._repr_html_()
    assert "<caption>Hộ nghèo &lt;2019&gt;</caption>" in html
    assert html.count('scope="col"') == 3
    assert html.count('scope="row"') == 2
    assert html.count('scope="rowgroup"') == 1


def test_numbers_are_set_right_and_paste_as_they_stand():
    assert '<td class="n">1.234</td>' in table()._repr_html_()


def test_an_empty_column_is_left_out():
    narrow = without_empty_columns(table())
    assert [column.heading for column in narrow.columns] == ["Xã", "Hộ"]
    assert all(len(row) == 2 for _, rows in narrow.groups for row in rows)


def test_ids_go_to_the_rows_in_order_across_groups():
    html = table(
        groups=[(None, [["a", "1", ""]]), ("B", [["b", "2", ""]])], ids=["x-1", "x-2"]
    )._repr_html_()
    assert re.findall(r'<tr id="([^"]+)"><th scope="row">(\w)', html) == [
        ("x-1", "a"),
        ("x-2", "b"),
    ]


def test_a_wide_table_labels_its_cells_for_a_phone():
    columns = [Column(name) for name in "abcde"]
    html = Table("t", columns, [(None, [list("12345")])])._repr_html_()
    assert re.findall(r'data-label="(\w)"', html) == list("bcde")
