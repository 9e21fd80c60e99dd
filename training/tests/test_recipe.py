"""A recipe end to end on a tiny network: from a model folder in a repository's history to a new model folder."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import base_encoder
from test_readme import package

from glossator_training import calibrate, export, no_answer, recipe, train
from glossator_training.data.example import DataError
from glossator_training.network.config import NetworkConfig
from glossator_training.weights import load_manifest, load_model_folder

TEXT = """
name = "mine"
version = "1.2.3"

[start]
commit = "HEAD"
path = "models/tiny"
sha256 = "{digest}"

[[rounds]]
soup = {{ start = 0.25, run = 0.75 }}

[rounds.train]
steps = 4
tokens = 128
warmup = 1
save_every = 2
draw = {{ sentiment = 0.3, entities = 0.3, answers = 0.4 }}
mix.entities = {{ technical = 0.5 }}

[rounds.train.questions]
"squad/train-v1.1.json" = 0.5

[[rounds]]
train = {{ steps = 2, tokens = 128, warmup = 1, draw = {{ sentiment = 1.0 }}, keep = 0.5, mix = {{ sentiment = {{ reviews = 1.0 }} }} }}

[calibrate]
raise_neutral = 0.013

[export]
no_answer_threshold = true

[training]
data = ["a"]
"""


@pytest.fixture
def history(model_folder: Path, tmp_path: Path) -> Path:
    """A repository whose last commit holds models/tiny, and whose work tree does not."""
    repository = tmp_path / "repository"
    shutil.copytree(model_folder, repository / "models/tiny")
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one")):
        subprocess.run(["git", *words], cwd=repository, check=True)
    shutil.rmtree(repository / "models")
    return repository


def test_a_recipe_makes_a_model_from_the_data(
    history: Path, model_folder: Path, base_data: Path, config: NetworkConfig, tokenizer_folder: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
):  # fmt: skip
    base = tmp_path / "base"
    shutil.copytree(tokenizer_folder, base)
    base_encoder(config, base)
    data = tmp_path / "data"
    shutil.copytree(base_data, data)
    shutil.copyfile(data / "fairytaleqa/train.json", data / "fairytaleqa/val.json")
    for i in range(12):
        package(tmp_path / "modules", f"p{i}", "MIT", f"# Package {i}\n\nThe robot works at {i}.\n")
    monkeypatch.setattr(train, "NetworkConfig", lambda gate: replace(config, gate=gate))
    for module in (train, calibrate, export):
        monkeypatch.setattr(module, "base_directory", lambda: base)
    for module in (calibrate, no_answer):
        monkeypatch.setattr(module, "held_out_articles", lambda: {"t", "u"})
    monkeypatch.setattr(recipe, "REPOSITORY", history)
    text = TEXT.format(digest=hashlib.sha256((model_folder / "manifest.json").read_bytes()).hexdigest())
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    words = [
        str(tmp_path / "mine.toml"),
        "--data",
        str(data),
        "--out",
        str(tmp_path / "run"),
        "--model",
        str(tmp_path / "mine"),
        "--packages",
        str(tmp_path / "modules"),
    ]
    assert recipe.main(words) == 0, capsys.readouterr().err

    manifest = load_manifest(tmp_path / "mine")
    assert (manifest["name"], manifest["version"], manifest["training"]) == ("mine", "1.2.3", {"data": ["a"]})
    assert manifest["languages"] == ["en"]
    calibrated = json.loads((tmp_path / "run/calibrated.json").read_text(encoding="utf-8"))
    assert manifest["tasks"]["answers"]["noAnswerThreshold"] == -calibrated["no_answer"]["threshold"]
    # What is fitted is a multiple of .05.
    assert calibrated["neutral_shift"] % 0.05 == pytest.approx(0.013)
    sections = {"encoder": manifest["encoder"], **manifest["tasks"]}
    assert {part: section["int8"]["file"] for part, section in sections.items()} == {part: f"{part}-int8.onnx" for part in sections}
    parts = [torch.load(tmp_path / "run/round-1" / name, weights_only=True) for name in ("checkpoint.pt", "mixed.pt")]
    assert parts[0]["step"] == 4
    assert torch.load(tmp_path / "run/round-2/checkpoint.pt", weights_only=True)["step"] == 2
    started = load_model_folder(model_folder).state_dict()
    name = "encoder.layers.0.inner.weight"
    torch.testing.assert_close(parts[1]["model"][name], 0.25 * started[name] + 0.75 * parts[0]["average"][name])

    # Another recipe does not take over its stages; what is there is not made again.
    (tmp_path / "mine.toml").write_text(text.replace("1.2.3", "1.2.4"), encoding="utf-8")
    assert recipe.main(words) == 1
    assert "holds a run of another recipe" in capsys.readouterr().err
    recipe.once(tmp_path / "run/round-1/mixed.pt", lambda: pytest.fail("made again"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[calibrate]", "[calibration]"), "calibration is nothing a recipe has"),
        (("soup = {", "soups = {"), "round 1 needs a table train, and has a table soup beside it at most"),
        (("start = 0.25", "start = 0.5"), "add up to 1"),
        (('name = "mine"', ""), "name is missing"),
        (("steps = 4", "steps = "), "mine.toml: "),
        (("no_answer_threshold = true", "no_answer = true"), "export has no_answer_threshold alone"),
        (("raise_neutral = 0.013", "raise_neutral = true"), "calibrate has raise_neutral alone"),
    ],
)
def test_recipes_that_cannot_be_read_are_refused(tmp_path: Path, change: tuple[str, str], message: str):
    (tmp_path / "mine.toml").write_text(TEXT.format(digest="0").replace(*change), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        recipe.read_recipe(tmp_path / "mine.toml")


def test_options_of_training_that_there_are_not_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    (tmp_path / "mine.toml").write_text("[[rounds]]\ntrain.steppes = 4\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["train", "--data", "d", "--out", str(tmp_path / "o"), "--recipe", str(tmp_path / "mine.toml")])
    assert train.main() == 1
    assert "train has no option steppes" in capsys.readouterr().err


def test_weights_to_start_from_are_the_ones_that_were_meant(history: Path, model_folder: Path, tmp_path: Path):
    digest = hashlib.sha256((model_folder / "manifest.json").read_bytes()).hexdigest()
    recipe.checkout("HEAD", "models/tiny", digest, tmp_path / "out", history)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {p.name: p.read_bytes() for p in model_folder.iterdir()}
    with pytest.raises(DataError, match="not the one the recipe names"):
        recipe.checkout("HEAD", "models/tiny", "0" * 64, tmp_path / "other", history)
    with pytest.raises(DataError, match="fetch --unshallow"):
        recipe.checkout("f" * 40, "models/tiny", digest, tmp_path / "third", history)


def test_the_shipped_recipe_can_be_read():
    shipped = recipe.read_recipe(Path(__file__).parent.parent / "recipes/glossator-minilm.toml")
    assert shipped["name"] == "glossator-minilm" and json.dumps(shipped["rounds"])
