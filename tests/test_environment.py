"""One lock for everybody: pip, conda and continuous integration install the same packages."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
NAMED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
ENTRY = re.compile(
    rf"(?P<name>{NAME})==(?P<version>[\w.!+]+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>( --hash=\S+)*)"
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
COMMENT = re.compile(rf"#(?: via)?(?:\s+(?:{NAME})(?: \(pyproject\.toml\))?)?")


def entries() -> list[re.Match]:
    """Return what the lock pins: each entry with its marker and hashes, comments left out."""
    lines = [line for line in LOCK.splitlines() if line.strip() and line.strip()[0] != "#"]
    whole = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()
    found = [ENTRY.fullmatch(line) for line in whole]
    unread = [line for line, match in zip(whole, found, strict=True) if match is None]
    assert not unread
    return found


def conda_requirements() -> tuple[list[str], list[str]]:
    """Return what conda installs itself, and the lines it hands to pip."""
    packages = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    (pip,) = [line["pip"] for line in CONDA["dependencies"] if isinstance(line, dict)]
    return packages, pip


def test_the_lock_holds_every_package_that_the_project_names():
    locked = {canonicalize_name(entry["name"]) for entry in entries()}
    named = {canonicalize_name(Requirement(text).name) for text in NAMED}
    assert len(named) == len(NAMED)
    assert sorted(named - locked) == []


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    ("system", "platform"), [("Linux", "linux"), ("Darwin", "darwin"), ("Windows", "win32")]
)
def test_each_package_is_pinned_once_on_each_python_and_system(python, system, platform):
    here = {
        "python_version": python,
        "python_full_version": f"{python}.5",
        "platform_system": system,
        "sys_platform": platform,
        "os_name": "nt" if system == "Windows" else "posix",
    }
    pinned = [
        canonicalize_name(entry["name"])
        for entry in entries()
        if not entry["marker"] or Marker(entry["marker"]).evaluate(here)
    ]
    assert len(set(pinned)) == len(pinned)
    named = {
        canonicalize_name(requirement.name)
        for requirement in map(Requirement, NAMED)
        if not requirement.marker or requirement.marker.evaluate(here)
    }
    assert sorted(named - set(pinned)) == []


def test_every_entry_of_the_lock_has_its_hashes():
    for entry in entries():
        hashes = entry["hashes"].split()
        assert hashes, entry["name"]
        assert all(HASH.fullmatch(text) for text in hashes), entry["name"]


def test_the_lock_names_no_index_and_no_host():
    assert "://" not in LOCK
    assert set(re.findall(r"(?<!\S)--?[a-z][\w-]*", LOCK)) == {"--hash"}
    comments = [line.strip() for line in LOCK.splitlines() if line.strip().startswith("#")]
    assert [line for line in comments if not COMMENT.fullmatch(line)] == []


def test_the_lock_satisfies_what_the_project_asks():
    versions = {canonicalize_name(entry["name"]): entry["version"] for entry in entries()}
    for text in NAMED:
        requirement = Requirement(text)
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), text


def test_conda_installs_the_same_lock():
    packages, pip = conda_requirements()
    assert pip == ["--require-hashes", "-r requirements.lock"]
    names = [re.match(NAME, text)[0] for text in packages]
    assert sorted(names) == ["make", "pip", "python"]
    assert CONDA["channels"] == ["conda-forge"]


def test_make_installs_the_same_lock():
    assert "--require-hashes -r requirements.lock" in MAKEFILE


def test_conda_and_the_project_ask_for_the_same_python():
    (python,) = [text for text in conda_requirements()[0] if text.startswith("python ")]
    asked = SpecifierSet(python.removeprefix("python "))
    assert asked == SpecifierSet(PROJECT["requires-python"])


def test_make_checks_for_the_python_that_the_project_asks():
    oldest = re.findall(r"sys\.version_info < \((\d+), (\d+)\)", MAKEFILE)
    assert {f">={'.'.join(found)}" for found in oldest} == {PROJECT["requires-python"]}
    locked_for = re.search(r"--python-version (\S+)", MAKEFILE)[1]
    assert f">={locked_for}" == PROJECT["requires-python"]


def test_make_recognises_the_conda_environment_by_its_name():
    found = re.search(r"ifeq \(\$\(notdir \$\(CONDA_PREFIX\)\),(.+)\)", MAKEFILE)[1]
    assert found == CONDA["name"]


@pytest.fixture(scope="module")
def ignored(tmp_path_factory):
    """Ask git whether the project's .gitignore covers a path, whatever else is configured here."""
    folder = tmp_path_factory.mktemp("ignored")
    (folder / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def git(*arguments: str) -> int:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, env={**kept, **alone}, capture_output=True).returncode

    assert git("init", "--quiet") == 0
    return lambda path: {0: True, 1: False}[git("check-ignore", "--quiet", path)]


@pytest.mark.parametrize(
    "path",
    [
        "data/processed/phong-tho/observations.csv",
        "data/processed/stray.csv",
        "build/phong-tho/page.html",
        "build/README.md",
        "reports/phong-tho.vi.html",
        "reports/index.html",
        ".venv/bin/python",
    ],
)
def test_git_ignores_what_is_built(ignored, path):
    assert ignored(path)


@pytest.mark.parametrize(
    "path",
    [
        "data/processed/README.md",
        "reports/README.md",
        "data/raw/phong-tho/2020/figures.csv",
        "requirements.lock",
        "src/helpers/press/building.py",
    ],
)
def test_git_keeps_what_is_written_by_hand(ignored, path):
    assert not ignored(path)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_built_is_tracked():
    command = ["git", "-C", str(ROOT), "ls-files", "data/processed", "build", "reports"]
    tracked = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    explained = {"data/processed/README.md", "reports/README.md"}
    # The sums say what a build should give; they are no build.
    assert explained <= set(tracked.split()) <= explained | {"reports/SHA256SUMS"}
