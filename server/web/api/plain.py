"""Text that another system gives, made fit for a line on a screen: it is not refused for a stray sign."""


def plain(text: str, *, instead: str = "") -> str:
    """Without what cannot be shown; `instead` where nothing is left."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split()) or instead
