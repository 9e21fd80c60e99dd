"""Reference for the tokenizer tests: what the Rust `tokenizers` library says.

  tokenizer-reference.py TOKENIZER.json FILE...             one JSON line a text to stdout: {"ids", "starts", "ends", "words"}
  tokenizer-reference.py TOKENIZER.json FILE... --vectors   the same as one JSON array, with the text and the version
  tokenizer-reference.py --tables                           the tables of src/model/tokenizer-unicode.ts

A FILE ending in .jsonl holds one JSON string a line, each a text; any other file is one text. No special tokens are
added, nothing is truncated or padded. Offsets are code points; `words` are word ids.
"""

import json
import sys

from tokenizers import Tokenizer, __version__
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer


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


def main(arguments):
    if arguments == ["--tables"]:
        return tables()
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
