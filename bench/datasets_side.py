"""The Python side of rows 8 and 12, a process each: `TOOL write|read FILE`. Prints JSON with milliseconds and peak memory. Imports are not in the time."""

import json
import resource
import sys
import tempfile
import time

tool, what, file = sys.argv[1:]
if tool == "datasets":
    import datasets

    datasets.disable_progress_bars()
    kind = "parquet" if file.endswith(".parquet") else "json"
    with tempfile.TemporaryDirectory() as cache:
        started = time.perf_counter()
        rows = datasets.load_dataset(kind, data_files=file, split="train", cache_dir=cache)
        if what == "read":
            # Every row as Python objects, as our reader gives every row as objects.
            count = sum(1 for _ in rows)
        else:
            values = rows.to_list()
            started = time.perf_counter()
            made = datasets.Dataset.from_list(values)
            made.to_parquet(cache + "/out.parquet") if kind == "parquet" else made.to_json(cache + "/out.jsonl")
            count = len(values)
        ms = (time.perf_counter() - started) * 1000
else:
    import spacy
    from spacy.tokens import Doc, DocBin

    nlp = spacy.blank("en")
    started = time.perf_counter()
    store = DocBin()
    count = 0
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "tokens" in row:
                doc = Doc(nlp.vocab, words=row["tokens"], ents=row["ner_tags"])
            else:
                doc = nlp.make_doc(row["text"])
                spans = row["entities"] if "entities" in row else [(s["start"], s["end"], s["label"]) for s in row["spans"]]
                doc.ents = [doc.char_span(a, b, c, alignment_mode="expand") for a, b, c in spans]
            store.add(doc)
            count += 1
    ms = (time.perf_counter() - started) * 1000
print(json.dumps({"ms": ms, "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": count}))
