"""The whole network: one encoder, three decoders, any subset of which can be run."""

from torch import nn

from .config import NetworkConfig
from .encoder import Encoder
from .gate import Adapter
from .tasks import AnswerDecoder, CachedAnswerDecoder, EntityDecoder, SentimentDecoder

DECODERS = ("sentiment", "entities", "answers", "cached")
"""Names of the decoders: modules of the network, graphs of a model folder, streams of batches."""

TASKS = ("sentiment", "entities", "answers")
"""Names of the tasks, as in checkpoints, manifests and files on disk."""


class MultiTaskModel(nn.Module):
    """Encoder (hard sharing), one shared adapter, and per task a gated decoder (see gate.py for soft sharing).

    Answers may have two: `answers` reads question and passage encoded together, `cached` joins them when encoded apart.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        shared = Adapter(config.hidden, config.adapter_rank)
        self.sentiment = SentimentDecoder(config, shared)
        self.entities = EntityDecoder(config, shared)
        self.answers = AnswerDecoder(config, shared)
        self.cached = CachedAnswerDecoder(config, shared) if config.decoder_layers.get("cached") else None

    def own_adapters(self) -> list[Adapter]:
        """The task-own adapters, for `tie_penalty`."""
        decoders = [self.sentiment, self.entities, self.answers, self.cached]
        return [decoder.task_gate.own for decoder in decoders if decoder is not None]
