import json

import pytest
from make_shapes_fixture import FIXTURE, vectors

from glossator_training import shapes
from glossator_training.shapes import SHAPES, shape_ids, word_shape


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("the", shapes.LOWER),
        ("The", shapes.TITLE),
        ("THE", shapes.UPPER),
        ("iPhone", shapes.MIXED),
        ("McDonald", shapes.MIXED),
        ("1996", shapes.DIGITS),
        ("B52", shapes.ALPHANUMERIC),
        ("—", shapes.OTHER),
        ("", shapes.OTHER),
        ("I", shapes.CAPITAL),
        ("Zürich", shapes.TITLE),
        ("E\u0301lan", shapes.TITLE),
        ("東京", shapes.LOWER),
        ("١٩٩٦", shapes.DIGITS),
        ("Ⅳ", shapes.OTHER),
        ("𝐀𝐁", shapes.UPPER),
    ],
)
def test_word_shape(word: str, shape: int):
    assert word_shape(word) == shape


def test_fixture_shared_with_typescript_is_up_to_date():
    assert json.loads(FIXTURE.read_text(encoding="utf-8")) == vectors(), "run python tests/make_shapes_fixture.py"


def test_shape_ids_mark_the_pieces_that_continue_a_word():
    text = "😀 Acme ltd"
    offsets, words = [(0, 1), (2, 4), (4, 6), (7, 10)], [0, 1, 1, 2]
    assert shape_ids(text, offsets, words) == [2 * shapes.OTHER, 2 * shapes.TITLE, 2 * shapes.TITLE + 1, 2 * shapes.LOWER]
    assert shape_ids("", [], []) == []
    assert max(word_shape(v["word"]) for v in vectors()) * 2 + 1 < SHAPES
