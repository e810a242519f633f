"""Tables: a caption, headers with their scope, calm rows, and the source below.

Numbers are written for the reader, so that they paste into a document as they stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from .fragments import Fragment

WIDE = 4  # columns


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether its cells are numbers (set right), or never broken."""

    heading: str | Markup
    numeric: bool = False
    unbroken: bool = False


@dataclass
class Table(Fragment):
    """A table; the first cell of each row is its header.

    Attributes
    ----------
    caption : str or Markup
        What the table shows, with period and unit.
    columns : list of Column
        The columns, the row headers' first.
    groups : list of (heading or None, rows)
        Rows under a heading of their own; a row is a sequence of cells, text or Markup.
    notes : list of Markup
        Lines below the table: cautions and the source.
    ids : list of str, optional
        The id of each row, in order, where other places lead to it.
    """

    caption: str | Markup
    columns: list[Column]
    groups: list[tuple[str | Markup | None, list[Sequence[str | Markup]]]]
    notes: list[Markup] = field(default_factory=list)
    ids: list[str] | None = None

    def __html__(self) -> Markup:
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(_style(column), column.heading)
            for column in self.columns
        )
        ids = iter(self.ids or ())
        bodies = Markup("\n").join(self._body(heading, rows, ids) for heading, rows in self.groups)
        notes = Markup("").join(Markup("<p>{}</p>").format(note) for note in self.notes if note)
        # A table may be wider than a phone: it scrolls inside, and by keyboard too.
        return Markup(
            '<div class="table"><div class="scroll" tabindex="0" role="region" aria-label="{}">'
            "<table{}><caption>{}</caption>\n<thead><tr>{}</tr></thead>\n{}\n</table></div>"
            '<div class="notes">{}</div></div>'
        ).format(
            Markup(self.caption).striptags(),
            Markup(' class="wide"') if self.is_wide else "",
            self.caption,
            head,
            bodies,
            notes,
        )

    @property
    def is_wide(self) -> bool:
        """Whether a phone shows each row as a block, its cells labelled, instead of a line."""
        return len(self.columns) >= WIDE

    def _body(self, heading, rows, ids) -> Markup:
        lines = []
        if heading:
            lines.append(
                Markup('<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>').format(
                    len(self.columns), heading
                )
            )
        for row in rows:
            name = next(ids, None)
            lines.append(
                Markup("<tr{}>{}</tr>").format(
                    Markup(' id="{}"').format(name) if name else "",
                    Markup("").join(
                        self._cell(position, column, cell)
                        for position, (column, cell) in enumerate(
                            zip(self.columns, row, strict=True)
                        )
                    ),
                )
            )
        return Markup("<tbody>{}</tbody>").format(Markup("\n").join(lines))

    def _cell(self, position: int, column: Column, cell: str | Markup) -> Markup:
        if position == 0:
            return Markup('<th scope="row">{}</th>').format(cell)
        label = Markup("")
        if self.is_wide:
            label = Markup(' data-label="{}"').format(column.heading)
        return Markup("<td{}{}>{}</td>").format(_style(column), label, cell)


def _style(column: Column) -> Markup:
    """The class of a column's cells."""
    name = "n" if column.numeric else "u" if column.unbroken else ""
    return Markup(' class="{}"').format(name) if name else Markup("")


def muted(text: str | Markup) -> Markup:
    """Return words that stand where a number would: "not reported"."""
    return Markup('<span class="none">{}</span>').format(escape(text))


def without_empty_columns(table: Table) -> Table:
    """Return the table less the columns in which every cell is empty."""
    rows = [row for _, group in table.groups for row in group]
    kept = [
        position
        for position in range(len(table.columns))
        if position == 0 or any(str(row[position]) for row in rows)
    ]
    return Table(
        table.caption,
        [table.columns[position] for position in kept],
        [
            (heading, [[row[position] for position in kept] for row in group])
            for heading, group in table.groups
        ],
        table.notes,
        table.ids,
    )
