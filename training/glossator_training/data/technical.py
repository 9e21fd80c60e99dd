"""Words of technical prose that surely name no person, organisation, place or work: negatives for the entity decoder."""

from collections.abc import Sequence

from ..shapes import shape_ids
from ..tokenization import TextTokenizer
from .example import EntityExample

TERMS = frozenset(
    "ABI AES AJAX ANSI API APIs AST BOM BSD CDN CI CJS CLI CLI's COM CORS CPU CRUD CSS CSV CWD DNS DOM DSL EOF EOL ES ES5 ES6 ESM EUR FAQ FIFO "
    "FTP GBP GMT GPU GUI GUID GZIP HTML HTML5 HTTP HTTPS ID IDE IDs IO IP IPC IPv4 IPv6 ISO JIT JPEG JPG JPY JS JSON JSON5 JSX JWT LF LIFO LRU "
    "LTS MD5 MDX MIME MP3 NFC NFD NOTE NULL OOM OS OOP ORM OK PDF PID PNG POSIX PR PRs RAM REPL REST RFC RGB RPC SCSS SDK SHA SHA1 SMTP SQL SSH "
    "SSL STDIN STDOUT SVG TCP TDD TLS TODO TS TSV TSX TTY TXT UDP UI UMD URI URIs URL URLs USB USD UTC UTF UUID UUIDs UX VM WASM WIP XHR XML XSS "
    "YAML YML ZIP CRLF ASCII GIF README TL;DR N/A PATH".split()
)
"""Abbreviations of formats, protocols, currencies and files. `label` as outside, whatever surrounds them."""


def sure(word: str) -> bool:
    """Whether a word between spaces names nothing: all small letters, or one of `TERMS`."""
    core = word.strip(".,:;!?()[]\"'`*")
    return core in TERMS or (core.isascii() and core.isalpha() and core.islower())


def technical_tags(tokenizer: TextTokenizer, texts: Sequence[str], outside: int, longest: int = 120) -> list[EntityExample]:
    """One example per text: `outside` on the first piece of every sure pre-token, −100 on all else, which is left open."""
    examples = []
    for text, (ids, offsets, words) in zip(texts, tokenizer.encode(list(texts)), strict=True):
        spans, at = [], 0
        for word in text.split(" "):
            spans.append((at, at + len(word), sure(word)))
            at += len(word) + 1
        labels, k, previous = [], 0, None
        for (start, _), pretoken in zip(offsets, words, strict=True):
            while spans[k][1] <= start:
                k += 1
            labels.append(outside if spans[k][2] and pretoken != previous else -100)
            previous = pretoken
        examples.append(EntityExample(ids[:longest], shape_ids(text, offsets, words)[:longest], labels[:longest]))
    return examples
