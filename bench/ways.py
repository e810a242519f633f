"""Other ways to the same reports, to hold the press against. python -m bench.ways WAY ROOT

one-process     papermill's and nbconvert's APIs in one process, an ordinary kernel per notebook
floor-chapters  the cells as plain Python and the page by Jinja2, in a forked process per chapter,
                each of which reads the district's figures: as isolated as the press is
floor-shared    the same, but the figures are read once, before forking, as the press does
floor-report    the same, in a forked process per report: nothing is isolated
"""

import ast
import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from helpers.press import parameters
from helpers.press.parameters import Notebook
from helpers.project import LANGUAGES, Project


def one_process(project: Project) -> None:
    """Run every notebook with papermill and export it with nbconvert, one after the other."""
    import papermill
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for notebook, values in _runs(project):
        folder = project.root / "one-process" / "-".join(values.values())
        folder.mkdir(parents=True, exist_ok=True)
        executed = folder / notebook.path.name
        papermill.execute_notebook(
            str(notebook.path),
            str(executed),
            parameters=values,
            cwd=str(project.notebooks),
            progress_bar=False,
        )
        page, _ = exporter.from_filename(str(executed))
        executed.with_suffix(".html").write_text(page, encoding="utf-8")


def _runs(project: Project):
    """Every notebook with its parameters, in the order in which they can run."""
    found = parameters.notebooks(project)
    for district in project.districts:
        for notebook in found:
            if notebook.role == "ingest":
                yield notebook, {"district": district}
        for language in LANGUAGES:
            for notebook in found:
                if notebook.role == "chapter":
                    yield notebook, {"district": district, "language": language}


class Plain:
    """A notebook as plain Python: compiled cells, whose last values are written as HTML."""

    def __init__(self, notebook: Notebook):
        self.cells = []
        for cell in json.loads(notebook.path.read_text(encoding="utf-8"))["cells"]:
            source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
            if cell["cell_type"] == "markdown":
                self.cells.append((tags, source, None))
            else:
                self.cells.append((tags, None, _compiled(source, notebook.path.name)))
        self.defaults = notebook.defaults

    def run(self, values: dict[str, str]) -> str:
        """Return the HTML of the chapter in the language of `values`."""
        from helpers.press.binding import chapter_markdown

        others = set(LANGUAGES) - {values.get("language", LANGUAGES[0])}
        names, pieces = {**self.defaults, **values}, []
        for tags, prose, code in self.cells:
            if prose is not None:
                if not others & set(tags):
                    pieces.append(chapter_markdown(prose))
            elif "parameters" not in tags:
                pieces.append(_shown(code, names))
        return "\n".join(pieces)


def _compiled(source: str, name: str):
    tree, last = ast.parse(source), None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), name, "eval")
    return compile(tree, name, "exec"), last


def _shown(code: tuple, names: dict) -> str:
    exec(code[0], names)
    value = eval(code[1], names) if code[1] else None
    if value is None:
        return ""
    return value._repr_html_() if hasattr(value, "_repr_html_") else str(value)


def floor(project: Project, way: str) -> None:
    """Compute every report as plain Python in forked children, one after the other."""
    from helpers import processed
    from helpers.press import binding, running

    running.prepare(project)
    notebooks = parameters.notebooks(project)
    ingest, chapters = (
        [Plain(each) for each in notebooks if each.role == role] for role in ("ingest", "chapter")
    )
    binding.chapter_markdown("")  # what it is made of is imported at its first use
    # As the press does: a child that collects garbage must not copy what it shares.
    gc.collect()
    gc.freeze()
    folder = project.root / "floor"
    folder.mkdir(exist_ok=True)
    os.chdir(project.notebooks)
    for district in project.districts:
        for plain in ingest:
            _in_child(plain.run, {"district": district})
        if way != "floor-chapters":
            processed.load(project, district)  # kept, and found by every child
        for language in LANGUAGES:
            values = {"district": district, "language": language}
            page = folder / f"{district}.{language}.html"
            if way != "floor-report":
                parts = [page.with_suffix(f".{number}") for number in range(len(chapters))]
                for plain, part in zip(chapters, parts, strict=True):
                    _in_child(_write_chapter, part, plain, values)
                bodies = [Markup(part.read_text(encoding="utf-8")) for part in parts]
                _write_page(binding, page, values, bodies)
            else:
                _in_child(_write_report, binding, page, chapters, values)


def _write_chapter(path: Path, plain: Plain, values: dict[str, str]) -> None:
    path.write_text(plain.run(values), encoding="utf-8")


def _write_report(binding, path: Path, chapters: list[Plain], values: dict[str, str]) -> None:
    _write_page(binding, path, values, [Markup(plain.run(values)) for plain in chapters])


def _write_page(binding, path: Path, values: dict[str, str], bodies: list[Markup]) -> None:
    """Put a page together with the template of the press."""
    slug, language = values["district"], values["language"]
    page = binding.edition_page(bodies, language, slug, slug, b"")
    path.write_text(page, encoding="utf-8")


def _in_child(work: Callable, *arguments: object) -> None:
    child = os.fork()
    if not child:
        work(*arguments)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a child of the floor failed")


def main() -> None:
    way, project = sys.argv[1], Project(Path(sys.argv[2]).resolve())
    if way == "one-process":
        one_process(project)
    else:
        floor(project, way)


if __name__ == "__main__":
    main()
