"""Pieces of a page that a notebook cell shows: HTML that was escaped where it had to be."""

from collections.abc import Iterable

from markupsafe import Markup


class Fragment:
    """A piece of HTML; a cell that ends with one shows it, in JupyterLab as in the report."""

    def __init__(self, markup: Markup):
        self.markup = Markup(markup)

    def __html__(self) -> Markup:
        return self.markup

    def _repr_html_(self) -> str:
        return str(self.__html__())

    def __repr__(self) -> str:
        return self.__html__().striptags()


def paragraphs(sentences: Iterable[Markup | None], kind: str = "sentence") -> Fragment:
    """Return a paragraph per sentence; empty ones are left out."""
    kept = [Markup('<p class="{}">{}</p>').format(kind, text) for text in sentences if text]
    return Fragment(Markup("\n").join(kept))


def together(*fragments: Fragment | None) -> Fragment:
    """Return several pieces as one, None left out."""
    return Fragment(Markup("\n").join(part.__html__() for part in fragments if part is not None))
