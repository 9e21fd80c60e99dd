"""train.main on the tests' tiny network, as a program of its own, so that several processes can run it: CONFIG BASE ARGUMENTS…"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from glossator_training import train
from glossator_training.network.config import NetworkConfig

torch.set_num_threads(1)
config, base = NetworkConfig.from_json(json.loads(sys.argv[1])), Path(sys.argv[2])
train.NetworkConfig = lambda gate: replace(config, gate=gate)
train.base_directory = lambda: base
sys.argv = ["train", *sys.argv[3:]]
raise SystemExit(train.main())
