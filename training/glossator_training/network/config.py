"""Sizes of the network. Saved with every checkpoint, so that one of another shape is refused by name."""

from dataclasses import asdict, dataclass, field

REMOVED = "cached"
"""A second decoder of answers, which older checkpoints and model folders may hold: they are read as if they did not."""


@dataclass(frozen=True)
class NetworkConfig:
    """The shared encoder is all-MiniLM-L6-v2's (6 layers of 384); the rest is ours."""

    vocabulary: int = 30522
    positions: int = 512
    token_types: int = 2
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    feed_forward: int = 1536
    layer_norm_eps: float = 1e-12
    dropout: float = 0.1
    adapter_rank: int = 64
    decoder_heads: int = 6
    decoder_feed_forward: int = 768
    decoder_layers: dict[str, int] = field(default_factory=lambda: {"sentiment": 1, "entities": 1, "answers": 1})
    gate: str = "mixed"
    shapes: int = 18
    sentiment_labels: tuple[str, ...] = ("negative", "positive", "neutral")
    entity_labels: tuple[str, ...] = (
        "O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC",
    )  # fmt: skip

    def to_json(self) -> dict:
        """A plain dictionary, as stored in checkpoints and manifests."""
        return asdict(self)

    @staticmethod
    def from_json(value: dict) -> "NetworkConfig":
        """The inverse of `to_json`. A decoder that is no more (`REMOVED`) is left out."""
        value = dict(value)
        value["decoder_layers"] = {name: value["decoder_layers"][name] for name in value["decoder_layers"] if name != REMOVED}
        for key in ("sentiment_labels", "entity_labels"):
            value[key] = tuple(value[key])
        return NetworkConfig(**value)
