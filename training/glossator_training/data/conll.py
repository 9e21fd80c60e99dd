"""CoNLL-2003 column files: documents of sentences of (word, tag), read as IOB1, IOB2 or BIOES and handed on as IOB2."""

from pathlib import Path

from .example import DataError

Sentence = tuple[list[str], list[str]]


def to_iob2(tags: list[str]) -> list[str]:
    """Any of IOB1, IOB2, BIOES/BILOU → IOB2, as `conlleval` reads the first two: an entity begins where type or chunk changes."""
    result = []
    previous_type, previous_ended = None, False
    for tag in tags:
        prefix, _, kind = tag.partition("-")
        if not kind:
            result.append("O")
            previous_type, previous_ended = None, False
            continue
        begins = prefix in "BSU" or kind != previous_type or previous_ended
        result.append(("B-" if begins else "I-") + kind)
        previous_type, previous_ended = kind, prefix in "ELSU"
    return result


def read_conll(path: Path, types: set[str] | None = None) -> list[list[Sentence]]:
    """Documents (cut at `-DOCSTART-`) of sentences. First column the word, last the tag.

    Raises DataError with file and line for a line of one column, a tag of no known form, or an entity type outside `types`.
    """
    documents: list[list[Sentence]] = [[]]
    words: list[str] = []
    tags: list[str] = []

    def close() -> None:
        if words:
            documents[-1].append((words.copy(), to_iob2(tags)))
            words.clear()
            tags.clear()

    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\r\n")
            if line.startswith("-DOCSTART-"):
                close()
                if documents[-1]:
                    documents.append([])
                continue
            columns = line.split("\t") if "\t" in line else line.split()
            if not line.strip():
                close()
                continue
            if len(columns) < 2:
                raise DataError(f"{path}:{number}: expected a word and a tag, found {line[:40]!r}")
            prefix, dash, kind = columns[-1].partition("-")
            if columns[-1] != "O" and not (dash and kind and prefix in {"B", "I", "E", "S", "L", "U"}):
                raise DataError(f"{path}:{number}: {columns[-1]!r} is no IOB1, IOB2 or BIOES tag")
            if kind and types is not None and kind not in types:
                raise DataError(f"{path}:{number}: entity type {kind!r} is not one of {', '.join(sorted(types))}")
            words.append(columns[0])
            tags.append(columns[-1])
    close()
    documents = [d for d in documents if d]
    if not documents:
        raise DataError(f"{path}: no sentences")
    return documents
