"""The evidence for a marker as JSON values, for programs that read it."""

from server.domain.evidence import Account, Evidence


def account_values(account: Account) -> dict[str, object]:
    return {
        "marker": account.marker,
        "said_for": [_values(one) for one in account.speaking],
        "denied": [_values(one) for one in account.denied],
        "doubtful": [_values(one) for one in account.doubtful],
        "taken_back": [_values(one) for one in account.taken_back],
    }


def _values(one: Evidence) -> dict[str, object]:
    sighting = one.sighting
    return {
        "words": one.words,
        "offsets": [list(span) for span in sighting.matched],
        "quote": sighting.quote,
        "speaker": sighting.party.value,
        "utterance": sighting.utterance,
        "start_ms": sighting.start_ms,
        "end_ms": sighting.end_ms,
        "rule": sighting.rule,
        "polarity": sighting.polarity.value,
        "cues": list(sighting.cues),
        "when": sighting.when.value,
        "source": sighting.source.value,
        "answers": sighting.answers,
        "confidence": sighting.confidence,
        "flags": list(sighting.flags),
        "held": sighting.held,
        "heard_instead": one.heard,
        "corrected": one.corrected,
        "because": sighting.because,
    }
