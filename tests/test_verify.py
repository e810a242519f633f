"""Verifying: what differs between two builds, or from the published checksums, is told."""

import pytest

from helpers.press import verify

SAME = {"index.html": "a1", "phong-tho.vi.html": "b2"}


@pytest.fixture
def verified(copied, monkeypatch, capsys):
    """Verify with builds that give these pages and these published checksums."""

    def run(first, second, published, *arguments):
        built = iter((first, second))
        monkeypatch.setattr(verify, "build", lambda *_: next(built))
        monkeypatch.chdir(copied.root)
        copied.reports.mkdir(exist_ok=True)
        sums = copied.reports / verify.SUMS
        lines = [f"{digest}  {name}\n" for name, digest in published.items()]
        sums.write_text("".join(lines), encoding="utf-8")
        status = verify.main(list(arguments))
        return status, capsys.readouterr().out, verify.read_sums(sums)

    return run


def test_the_same_bytes_everywhere(verified):
    status, said, _ = verified(SAME, dict(SAME), SAME)
    assert status == 0
    assert said == "2 pages: the same bytes twice, and those of reports/SHA256SUMS\n"


@pytest.mark.parametrize(
    "other", [{**SAME, "index.html": "c3"}, {"index.html": "a1"}, {**SAME, "more.html": "d4"}]
)
def test_two_builds_that_differ_are_told(verified, other):
    (name,) = verify.differences(SAME, other)
    status, said, _ = verified(SAME, other, SAME)
    assert status == 1
    assert said == f"{name}: two builds of the same inputs differ\n"


@pytest.mark.parametrize("published", [{**SAME, "index.html": "c3"}, {"phong-tho.vi.html": "b2"}])
def test_a_page_that_is_not_the_published_one_is_told(verified, published):
    status, said, kept = verified(SAME, SAME, published)
    assert status == 1
    assert said == "index.html: not the page of reports/SHA256SUMS\n"
    assert kept == published


def test_checksums_are_written_anew_when_asked_for(verified):
    status, _, kept = verified(SAME, SAME, {}, "--write")
    assert (status, kept) == (0, SAME)


def test_checksums_are_not_written_where_two_builds_differ(verified):
    status, _, kept = verified(SAME, {}, {"index.html": "a1"}, "--write")
    assert (status, kept) == (1, {"index.html": "a1"})


def test_a_project_is_copied_whole_in_either_order(copied, tmp_path, monkeypatch):
    """A build that fails tells why; what it was to be made from is all there."""
    (copied.root / "notebooks" / "2_glance.ipynb").write_text("{")
    for name, variation in zip(("a", "b"), verify.VARIATIONS, strict=True):
        with pytest.raises(verify.InputError, match=r"2_glance\.ipynb: this is not a notebook"):
            verify.build(copied, tmp_path / name, variation)
        there = [path for path in (tmp_path / name / "data").rglob("*") if path.is_file()]
        assert len(there) == len([path for path in copied.raw.rglob("*") if path.is_file()])
