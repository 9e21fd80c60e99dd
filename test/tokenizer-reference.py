"""Reference for the tokenizer tests: what the Rust `tokenizers` library says.

  tokenizer-reference.py TOKENIZER.json FILE...             one JSON line a text to stdout: {"ids", "starts", "ends", "words"}
  tokenizer-reference.py TOKENIZER.json FILE... --vectors   the same as one JSON array, with the text and the version
  tokenizer-reference.py --tables                           the tables of src/model/tokenizer/unicode.ts
  tokenizer-reference.py --more-tables                      the tables of src/model/tokenizer/tables.ts

A FILE ending in .jsonl holds one JSON string a line, each a text; any other file is one text. No special tokens are
added, nothing is truncated or padded. Offsets are code points; `words` are word ids.
"""

import json
import sys
import unicodedata

from tokenizers import Regex, Tokenizer, __version__
from tokenizers.normalizers import NFD, NFKD, BertNormalizer, StripAccents
from tokenizers.pre_tokenizers import BertPreTokenizer, Split


def texts(path):
    with open(path, encoding="utf-8", newline="") as file:
        if path.endswith(".jsonl"):
            for line in file:
                yield json.loads(line)
        else:
            yield file.read()


def encode(tokenizer, text):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = encoding.offsets
    return {
        "ids": encoding.ids,
        "starts": [start for start, _ in offsets],
        "ends": [end for _, end in offsets],
        "words": encoding.word_ids,
    }


def ranges(points):
    """Sorted code points as base-36 numbers: gap to the range's start, then its length less one."""
    out, last = [], 0
    start = previous = None
    for point in [*points, None]:
        if previous is not None and point == previous + 1:
            previous = point
            continue
        if previous is not None:
            out += [base36(start - last), base36(previous - start)]
            last = previous
        start = previous = point
    return ",".join(out)


def base36(number):
    digits = ""
    while True:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + digits
        number //= 36
        if number == 0:
            return digits


def tables():
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    clean, strip, chinese = (BertNormalizer(**{**off, key: True}) for key in ("clean_text", "strip_accents", "handle_chinese_chars"))
    split = BertPreTokenizer()
    found = {"DROPPED": [], "SPACE": [], "PUNCTUATION": [], "MARK": [], "CHINESE": []}
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        char = chr(point)
        if clean.normalize_str(f"a{char}b") == "ab":
            found["DROPPED"].append(point)
        if strip.normalize_str(char) == "":
            found["MARK"].append(point)
        if chinese.normalize_str(char) != char:
            found["CHINESE"].append(point)
        parts = len(split.pre_tokenize_str(f"a{char}b"))
        if parts > 1:
            found["PUNCTUATION" if parts == 3 else "SPACE"].append(point)
    for key, points in found.items():
        print(f'const {key} =\n  "{ranges(points)}";')


def more_tables():
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    everything = "".join(map(chr, points))
    found = {}
    for key, pattern in {"LETTER": r"\p{L}+", "NUMBER": r"\p{N}+", "SPACE": r"\s+"}.items():
        rest = Split(Regex(pattern), "removed").pre_tokenize_str(everything)
        others = {i for _, (start, end) in rest for i in range(start, end)}
        found[key] = [point for i, point in enumerate(points) if i not in others]
    strip, nfkd = StripAccents(), NFKD()
    found["DECOMPOSED"] = [point for point in points if nfkd.normalize_str(chr(point)) != chr(point)]
    found["COMBINING"] = [point for point in points if strip.normalize_str(chr(point)) == ""]
    for key, of in found.items():
        print(f'const {key} =\n  "{ranges(of)}";')
    print("const CLASSES: Readonly<Record<number, string>> = {")
    for number, of in sorted(combining_classes(points).items()):
        print(f'  {number}: "{ranges(sorted(of))}",')
    print("};")


def combining_classes(points):
    """Canonical combining class → characters, as the library sorts them; the numbers are Python's."""
    nfd = NFD()
    first = {}
    for point in points:
        # An old standard's: the library must know them.
        first.setdefault(unicodedata.ucd_3_2_0.combining(chr(point)), point)
    for point in points:
        if unicodedata.combining(chr(point)) and nfd.normalize_str(f"a{chr(point)}\u0334") == f"a\u0334{chr(point)}":
            first.setdefault(unicodedata.combining(chr(point)), point)
    del first[0]
    classes = {number: [] for number in first}
    for point in points:
        char = chr(point)
        # OVERLAY MARK of class 1 goes before every mark of another class, and GREEK YPOGEGRAMMENI, of the highest, after it.
        moved = (
            nfd.normalize_str(f"a{char}\u0334") != f"{nfd.normalize_str('a' + char)}\u0334"
            or nfd.normalize_str(f"a\u0345{char}") != f"a\u0345{nfd.normalize_str(char)}"
        )
        if not moved or unicodedata.decomposition(char):
            continue
        # Those that the library does not put behind it.
        before = (n for n, other in first.items() if other == point or nfd.normalize_str(f"a{chr(other)}{char}") != f"a{char}{chr(other)}")
        number = max(before, default=min(first))
        classes[number].append(point)
    return classes


def main(arguments):
    if arguments == ["--tables"]:
        return tables()
    if arguments == ["--more-tables"]:
        return more_tables()
    vectors = "--vectors" in arguments
    path, *files = [argument for argument in arguments if argument != "--vectors"]
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    everything = (text for file in files for text in texts(file))
    if vectors:
        cases = [{"text": text, **encode(tokenizer, text)} for text in everything]
        print(f'{{\n"tokenizers": "{__version__}",\n"cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]\n}")
    else:
        for text in everything:
            print(json.dumps(encode(tokenizer, text), separators=(",", ":")))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
