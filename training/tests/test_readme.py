"""Segments of Markdown, and which of them are collected."""

import json
import sys
from pathlib import Path

import pytest

from glossator_training import gather_readmes
from glossator_training.data.example import DataError
from glossator_training.data.readme import read_segments, segments

TEXT = """# The *Robot* [![badge](x.svg)](y) #

A robot for `HTTP`. It reads [the docs](https://a.b/c) and
goes on. See https://a.b for more.

Set-up
------

- [x] Install **it**
  1. snake_case stays

| Name | Default |
|------|---------|
| port | `80`    |

```sh
npm install robot
```

    indented code

[ref]: https://a.b
"""


def test_segments_have_their_kind_and_no_markup():
    found = [(s.kind, s.text) for s in segments(TEXT, "robot")]
    assert found == [
        ("heading", "The Robot"),
        ("sentence", "A robot for HTTP."),
        ("sentence", "It reads the docs and goes on."),
        ("heading", "Set-up"),
        ("list", "Install it"),
        ("list", "snake_case stays"),
        ("cell", "Name"),
        ("cell", "Default"),
        ("cell", "port"),
    ]


def package(folder: Path, name: str, licence: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "package.json").write_text(json.dumps({"name": name, "license": licence}), encoding="utf-8")
    (folder / name / "README.md").write_text(text, encoding="utf-8")


def test_only_open_licences_are_collected_and_packages_are_held_out_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    for i in range(12):
        package(tmp_path / "modules", f"p{i}", "MIT", f"# Package {i}\n\n## License\n\nIt is amazing.\n\nIt does {i}.\n")
    package(tmp_path / "modules", "@scope/closed", "UNLICENSED", "# Closed\n")
    monkeypatch.setattr(sys, "argv", ["gather", "--packages", str(tmp_path / "modules"), "--out", str(tmp_path / "out")])
    assert gather_readmes.main() == 0
    train, aside = (read_segments(tmp_path / "out" / name) for name in ("train.tsv", "held-out.tsv"))
    assert not {s.source for s in train} & {s.source for s in aside} and {s.source for s in train + aside} == {f"p{i}" for i in range(12)}
    assert [s.text for s in train].count("License") == 4 and [s.text for s in aside].count("License") == 1
    assert "It is amazing." not in {s.text for s in train} and "It is amazing." in {s.text for s in aside}
    assert "left out: " in capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["gather", "--packages", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
    assert gather_readmes.main() == 1
    assert "run npm ci first" in capsys.readouterr().err


def test_errors_name_file_line_and_remedy(tmp_path: Path):
    with pytest.raises(DataError, match=r"none\.tsv is missing: python -m glossator_training\.gather_readmes"):
        read_segments(tmp_path / "none.tsv")
    (tmp_path / "bad.tsv").write_text("heading\tp\tA\nshout\tp\tB\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.tsv:2: expected a kind"):
        read_segments(tmp_path / "bad.tsv")
