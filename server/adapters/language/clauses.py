"""The clause splitter: where one statement ends and the next begins in speech without punctuation."""

from collections.abc import Sequence

from server.adapters.language.words import Token

SUBJECTS = frozenset({"i", "he", "she", "they", "we", "you", "it", "there"})
JOINERS = frozenset(
    {"but", "because", "if", "when", "while", "so", "unless", "although", "though", "then", "or", "cos"}
)
"""Words that open a clause of their own."""
POINTERS = frozenset({"this", "that"})
COPULAS = frozenset({"is", "s", "was"})
DETERMINERS = frozenset({"a", "an", "the", "his", "her", "my", "their", "our"})
FARTHEST_NAME = 4
"""So many words back "not a …" may stand before what is named instead."""
SO_JOINS = SUBJECTS | {
    "that",
    "my",
    "can",
    "could",
    "please",
    "now",
    "no",
    "yeah",
    "then",
    "the",
    "if",
    "when",
}
PAST = frozenset(
    {"last", "ago", "back", "before", "used", "once", "yesterday", "year", "years", "month", "week"}
) | {
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december", "christmas", "summer", "easter"),
}
LINKS = JOINERS | {"and"}
"""Words that say nothing by themselves: "and then" is no clause."""
CARRIERS = frozenset(
    [
        "think",
        "thinks",
        "thought",
        "thinking",
        "believe",
        "believes",
        "believed",
        "reckon",
        "reckons",
        "say",
        "says",
        "said",
        "saying",
        "tell",
        "tells",
        "told",
        "telling",
        "suppose",
        "that",
        "if",
        "when",
        "while",
        "unless",
        "because",
        "and",
        "or",
        "but",
        "so",
        "what",
        "how",
        "who",
        "where",
        "which",
        "why",
        "whether",
        "like",
        "as",
        "than",
        "know",
        "wish",
        "hope",
        "sure",
        "saw",
        "seen",
        "heard",
        "hear",
        "see",
        "mean",
        "means",
        "swear",
        "swears",
        "till",
    ]
)
"""After these a subject goes on with the same statement: a denial before them reaches beyond them."""
STARTERS = SUBJECTS | JOINERS | {"no", "yeah", "my", "the", "and", "that", "this"}
FINITE = frozenset(
    [
        "is",
        "s",
        "are",
        "am",
        "was",
        "were",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "d",
        "can",
        "could",
        "might",
        "must",
        "may",
        "got",
    ]
)


def boundaries(tokens: Sequence[Token]) -> list[bool]:
    """For each token, whether a clause starts there."""
    starts: list[bool] = []
    since = 0
    for at, token in enumerate(tokens):
        start = at == 0 or token.stop or _opens(tokens, at, since)
        starts.append(start)
        since = (0 if start else since) + (token.text not in LINKS)
    return starts


def _opens(tokens: Sequence[Token], at: int, since: int) -> bool:
    word, before = tokens[at].text, tokens[at - 1].text
    if before in {"no", "yeah"} and since == 1:
        return word in STARTERS or word in FINITE
    if _instead(tokens, at, since) or _at_another_time(tokens, at, since):
        return True
    if word in JOINERS:
        return before not in {"even", "what", "as", "and"} and since >= 1 and not _very(tokens, at)
    if word == "and":
        return _subject_follows(tokens, at)
    if word in SUBJECTS or (word in POINTERS and _text(tokens, at + 1) in COPULAS):
        return since >= 2 and before not in CARRIERS and _finite_follows(tokens, at) and not _inverted(before)
    return False


def _instead(tokens: Sequence[Token], at: int, since: int) -> bool:
    """What is named after what was denied ("not a knife | a hammer"), or said after a no."""
    word = tokens[at].text
    if word in {"no", "nah"}:
        return since >= 2 and _text(tokens, at + 1) in SUBJECTS
    named = range(max(at - since, at - FARTHEST_NAME), at - 1)
    return word in DETERMINERS and any(
        tokens[earlier].text == "not" and tokens[earlier + 1].text in DETERMINERS for earlier in named
    )


def _at_another_time(tokens: Sequence[Token], at: int, since: int) -> bool:
    """A second time begins a second statement: "he hit me in March | tonight he's only shouting"."""
    if tokens[at].text not in {"tonight", "today", "now"} or _text(tokens, at + 1) not in SUBJECTS:
        return False
    return any(token.text in PAST for token in tokens[at - since : at])


def _very(tokens: Sequence[Token], at: int) -> bool:
    """Before a subject "so" joins; before anything else it says how much: "so scared"."""
    return tokens[at].text == "so" and _text(tokens, at + 1) not in SO_JOINS


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""


def _subject_follows(tokens: Sequence[Token], at: int) -> bool:
    following = [token.text for token in tokens[at + 1 : at + 3]]
    return bool(following) and (following[0] in SUBJECTS or following[0] == "then")


def _finite_follows(tokens: Sequence[Token], at: int) -> bool:
    """A subject needs a verb: "you" and "it" may as well be objects ("I'll kill you")."""
    if at + 1 >= len(tokens):
        return tokens[at].text not in {"you", "it", "there"}
    if tokens[at].text in {"you", "it", "there"}:
        return tokens[at + 1].text in FINITE
    return True


def _inverted(before: str) -> bool:
    return before in FINITE - {"got"}
