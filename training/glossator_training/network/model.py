"""The whole network: one encoder, three decoders, any subset of which can be run."""

from torch import nn

from .config import NetworkConfig
from .encoder import Encoder
from .gate import Adapter
from .tasks import AnswerDecoder, EntityDecoder, SentimentDecoder

TASKS = ("sentiment", "entities", "answers")
"""Names of the tasks and of their decoders: modules of the network, graphs of a model folder, streams of batches, keys in manifests."""


class MultiTaskModel(nn.Module):
    """Encoder (hard sharing), one shared adapter, and per task a gated decoder (see gate.py for soft sharing)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        shared = Adapter(config.hidden, config.adapter_rank)
        self.sentiment = SentimentDecoder(config, shared)
        self.entities = EntityDecoder(config, shared)
        self.answers = AnswerDecoder(config, shared)

    def own_adapters(self) -> list[Adapter]:
        """The task-own adapters, for `tie_penalty`."""
        return [decoder.task_gate.own for decoder in (self.sentiment, self.entities, self.answers)]
