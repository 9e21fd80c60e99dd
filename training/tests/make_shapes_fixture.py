"""Writes test/fixtures/shapes.json, which the tests of both languages read: python tests/make_shapes_fixture.py (in training/)."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from glossator_training.shapes import word_shape

FIXTURE = Path(__file__).resolve().parents[2] / "test/fixtures/shapes.json"

WORDS = [
    "the", "The", "THE", "tHE", "McDonald", "iPhone", "I", "i", "A", "U", "UN", "NaTo", "1996", "5", "B52", "b2", "3D", "90s", "M2M", "",
    ".", ",", "'", "’", "—", "…", "%", "$", "€", "+", "😀", "👨‍👩‍👧", "🇩🇪", "é", "É", "Élan", "ÉTÉ", "Zürich", "ZÜRICH", "straße", "ẞ", "ß",
    "Ångström", "e\u0301", "E\u0301", "E\u0301lan", "E\u0301TE\u0301", "ǅ", "ǅungla", "ǆ", "Ǆ", "ﬁ", "Москва", "МОСКВА", "москва", "Αθήνα", "ΑΘΉΝΑ",
    "東京", "東", "日本1", "ひらがな", "서울", "العربية", "שלום", "ไทย", "हिन्दी", "١٩٩٦", "१२३", "①", "²", "x²", "X²", "½", "Ⅳ", "ⅳ", "ⅣA", "ª", "ʰ", "ʼn",
    "𝐀", "𝐀𝐁", "𝐚", "𝟙", "𐐀", "𐐨", "𐐀𐐨", "Ａ", "ａ", "ＡＢ", "Ａｂ", "５", "_", "a_b", "A_B", "x\u200dy", "\u200b", "\u00ad", "\ufeff", "A\u0300", "\u0300",
    "O’Neil", "ABc", "Abc", "AbC", "aB", "Ab", "AB", "Ꭰ", "ꭰ", "ა", "Ა", "Ꞌ",
]  # fmt: skip


def vectors() -> list[dict]:
    """The words, each with its shape."""
    return [{"word": word, "shape": word_shape(word)} for word in WORDS]


if __name__ == "__main__":
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join("  " + json.dumps(row, ensure_ascii=True) for row in vectors())
    FIXTURE.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
