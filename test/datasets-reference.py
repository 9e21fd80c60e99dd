"""Reads our exports with the field's own tools and says what they hold: `huggingface FOLDER` or `conll FILE SCHEME`. Prints JSON."""

import json
import sys
import tempfile

what, place = sys.argv[1:3]
if what == "huggingface":
    import datasets

    datasets.disable_progress_bars()
    result = {}
    for task in ("entities", "sentiment", "answers"):
        with tempfile.TemporaryDirectory() as cache:
            try:
                rows = datasets.load_dataset(f"{place}/{task}", split="train", cache_dir=cache)
            except FileNotFoundError:
                continue
            if task == "entities":
                names = rows.features["ner_tags"].feature.names
                result[task] = [
                    {
                        "id": row["id"],
                        "spans": [[row["text"][s["start"] : s["end"]], s["label"], s["author"]] for s in row["spans"]],
                        "tags": [names[tag] for tag in row["ner_tags"]],
                    }
                    for row in rows
                ]
            elif task == "sentiment":
                result[task] = [[row["text"], rows.features["label"].int2str(row["label"])] for row in rows]
            else:
                result[task] = [
                    [row["context"][at : at + len(text)] == text for text, at in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True)]
                    for row in rows
                ]
    print(json.dumps(result))
else:
    from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

    sentences = [[]]
    with open(place, encoding="utf-8", newline="\n") as file:
        for line in file:
            columns = line.rstrip("\n").split(" ")
            if columns[0] == "-DOCSTART-":
                continue
            if columns == [""]:
                sentences.append([])
            else:
                sentences[-1].append((columns[0], columns[-1]))
    sentences = [one for one in sentences if one]
    scheme = {"IOB1": IOB1, "IOB2": IOB2, "BIOES": IOBES, "BILOU": BILOU}[sys.argv[3]]
    found = Entities([[tag for _, tag in one] for one in sentences], scheme).entities
    print(json.dumps([[[" ".join(w for w, _ in sentences[i][e.start : e.end]), e.tag] for e in some] for i, some in enumerate(found)]))
