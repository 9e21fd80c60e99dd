"""Case and shape features of a word, computed from the original text; the same in TypeScript (`src/model/tasks/shapes.ts`).

Case is the strongest single sign of an entity (Mayhew et al. 2019, arXiv 1903.11222) and the encoder is uncased.
"""

import unicodedata

NONE, LOWER, TITLE, UPPER, MIXED, DIGITS, ALPHANUMERIC, OTHER, CAPITAL = range(9)
"""Special token; no capital; Only first capital; ALL CAPITALS; miXed; 1996; B52; no letter or digit; a lone capital."""

SHAPES = 18
"""Number of ids: nine shapes, each for the first piece of a word and for the pieces that continue it."""


def word_shape(word: str) -> int:
    """The shape of one word (a pre-token: split at white space and punctuation)."""
    letters = capitals = digits = 0
    first_is_capital = False
    for character in word:
        category = unicodedata.category(character)
        if category[0] == "L":
            if category == "Lu":
                capitals += 1
                first_is_capital |= letters == 0
            letters += 1
        elif category == "Nd":
            digits += 1
    if letters == 0:
        return DIGITS if digits else OTHER
    if digits:
        return ALPHANUMERIC
    if capitals == 0:
        return LOWER
    if letters == 1:
        return CAPITAL
    if capitals == letters:
        return UPPER
    return TITLE if first_is_capital and capitals == 1 else MIXED


def shape_ids(text: str, offsets: list[tuple[int, int]], words: list[int]) -> list[int]:
    """One id per token: 2 · shape of its word + (1 where the token continues the word).

    offsets: code points of each token in `text`; words: index of each token's word.
    """
    ids = []
    i = 0
    while i < len(words):
        j = i + 1
        while j < len(words) and words[j] == words[i]:
            j += 1
        shape = 2 * word_shape(text[offsets[i][0] : offsets[j - 1][1]])
        ids.append(shape)
        ids.extend([shape + 1] * (j - i - 1))
        i = j
    return ids
