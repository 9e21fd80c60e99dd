/**
 * The Python side of spaCy's DocBin, run by `runPython`. Input: `{"write": {file: [row, …]}, "language": "en"}` with rows as in `write.ts`, or
 * `{"read": {file: base64}}`. Output: `{"files": {file: base64}}`, or `{"rows": {file: [row, …]}, "errors": {file: reason}}`.
 *
 * Tokens are spaCy's own, cut where a span begins or ends, so that every span is one of tokens (`char_span` would give none). What was not
 * reviewed is *missing* in `doc.ents`, not outside: spaCy's training leaves it out.
 */
export const DOCBIN_SCRIPT = String.raw`
import base64, io, json, sys, zlib

try:
    import spacy
    from spacy.tokens import Doc, DocBin, Span
except ImportError:
    sys.exit(sys.executable + " has no spaCy: install it there (pip install spacy), or name another Python")

MARKS = "glossator"
MOST_BYTES = 1 << 30


def words_of(tokenizer, text, spans):
    """Words with whether a space follows, such that every span begins and ends with a word."""
    tokens = [(token.idx, token.idx + len(token)) for token in tokenizer(text)]
    starts, ends = {s for s, _ in tokens}, {e for _, e in tokens}
    edges = sorted({edge for span in spans for edge in span[:2]})
    pieces, at = [], 0
    for start, end in tokens:
        if at < start:
            # One space: a word of its own only if a span begins or ends with it.
            if any(s == at and at not in starts or e == start and start not in ends for s, e, *_ in spans):
                pieces.append((at, start))
        pieces.append((start, end))
        at = end
    if at < len(text) and any(e == len(text) or s == at for s, e, *_ in spans):
        pieces.append((at, len(text)))
    cut = []
    for start, end in pieces:
        inner = [edge for edge in edges if start < edge < end]
        cut += list(zip([start, *inner], [*inner, end]))
    words = [text[start:end] for start, end in cut]
    follow = [end < (cut[i + 1][0] if i + 1 < len(cut) else len(text)) for i, (_, end) in enumerate(cut)]
    return words, follow


def doc_of(nlp, row):
    text, groups = row["text"], row.get("spans") or {}
    entities = [tuple(item[:3]) for item in row.get("entities") or []]
    marks = row.get(MARKS) or {}
    reviewed = [(item["start"], item["end"]) for item in marks.get("reviewed") or []]
    spans = [*entities, *(tuple(item[:3]) for group in groups.values() for item in group)]
    words, follow = words_of(nlp.tokenizer, text, [*spans, *reviewed])
    doc = Doc(nlp.vocab, words=words, spaces=follow)
    if doc.text != text:
        raise ValueError("tokens do not make up the text " + repr(text[:80]))

    def placed(start, end, label):
        span = doc.char_span(start, end, label=label)
        if span is None or span.text != text[start:end]:
            raise ValueError("no tokens for " + repr(text[start:end]))
        return span

    if "entities" in row:
        outside = [placed(start, end, "") for start, end in reviewed]
        found = [placed(*item) for item in entities]
        labelled = {token.i for span in found for token in span}
        free = [doc[token.i : token.i + 1] for span in outside for token in span if token.i not in labelled]
        doc.set_ents(found, outside=free, default="missing")
    for key, group in groups.items():
        doc.spans[key] = [placed(*item[:3]) for item in group]
    doc.cats = {name: float(value) for name, value in (row.get("cats") or {}).items()}
    doc.user_data[MARKS] = json.dumps(marks, ensure_ascii=False, sort_keys=True)
    return doc


def write(files, language):
    nlp, made = spacy.blank(language), {}
    for name, rows in files.items():
        docs = DocBin(attrs=["ORTH", "ENT_IOB", "ENT_TYPE"], store_user_data=True)
        for row in rows:
            docs.add(doc_of(nlp, row))
        made[name] = base64.b64encode(docs.to_bytes()).decode()
    return {"files": made}


def row_of(doc):
    row = {"text": doc.text}
    if doc.has_annotation("ENT_IOB"):
        row["entities"] = [[e.start_char, e.end_char, e.label_] for e in doc.ents]
        known = [(t.idx, t.idx + len(t)) for t in doc if t.ent_iob != 0]
        runs = []
        for start, end in known:
            gap = doc.text[runs[-1][1] : start] if runs else None
            if gap is not None and gap.strip() == "" and len(gap) <= 1:
                runs[-1][1] = end
            else:
                runs.append([start, end])
        row["known"] = runs
    if doc.spans:
        row["spans"] = {key: [[s.start_char, s.end_char, s.label_] for s in group] for key, group in doc.spans.items()}
    if doc.cats:
        row["cats"] = dict(doc.cats)
    marks = doc.user_data.get(MARKS)
    if isinstance(marks, str):
        row[MARKS] = json.loads(marks)
    return row


def read(files):
    rows, errors = {}, {}
    for name, data in files.items():
        try:
            data = base64.b64decode(data)
            limited = zlib.decompressobj()
            limited.decompress(data, MOST_BYTES)
            if limited.unconsumed_tail:
                raise ValueError("it unpacks to more than 1 GB")
            docs = DocBin(store_user_data=True).from_bytes(data)
            rows[name] = [row_of(doc) for doc in docs.get_docs(spacy.blank("xx").vocab)]
        except Exception as error:
            errors[name] = type(error).__name__ + ": " + str(error)
    return {"rows": rows, "errors": errors}


task = json.load(io.TextIOWrapper(sys.stdin.buffer, "utf-8"))
result = write(task["write"], task["language"]) if "write" in task else read(task["read"])
sys.stdout.write(json.dumps(result))
`;
