"""Reference for the equality test: what PyTorch computes with the weights of a model folder.

  logits-reference.py MODEL_FOLDER QUESTION     texts come as one JSON string a line on stdin; one JSON line each goes to stdout

A line holds `entityLogits` [tokens × tags] and `sentimentLogits` [labels] as base64 of little-endian fp32, `entities` as
[start, end, type], `sentiment`, and the `answer` to QUESTION as [start, end]; offsets in code points. Needs training/ on PYTHONPATH.
"""

import base64
import json
import sys
from pathlib import Path

import torch

from glossator_training.predict import entity_logits, predict_answers, predict_spans, sentiment_logits
from glossator_training.shapes import shape_ids
from glossator_training.tokenization import TextTokenizer
from glossator_training.weights import load_model_folder

folder, question = Path(sys.argv[1]), sys.argv[2]
torch.set_num_threads(2)
model = load_model_folder(folder)
tokenizer = TextTokenizer(folder / "tokenizer.json")
texts = [json.loads(line) for line in sys.stdin]


def base64_of(values):
    return base64.b64encode(values.contiguous().numpy().astype("<f4").tobytes()).decode()


encoded = tokenizer.encode(texts)
rows = [(ids, shape_ids(text, offsets, words)) for text, (ids, offsets, words) in zip(texts, encoded, strict=True)]
per_token = entity_logits(model, tokenizer, rows)
per_text = sentiment_logits(model, tokenizer, texts)
manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
spans = predict_spans(model, tokenizer, texts, manifest["tasks"]["entities"]["temperature"])
answers = predict_answers(model, tokenizer, [(question, text) for text in texts])
for i in range(len(texts)):
    row = {
        "entityLogits": base64_of(per_token[i]),
        "sentimentLogits": base64_of(per_text[i]),
        "entities": sorted([*span] for span in spans[i]),
        "sentiment": model.config.sentiment_labels[int(per_text[i].argmax())],
        "answer": [answers[i].start, answers[i].end],
    }
    print(json.dumps(row))
