"""A referral as the service reads it: who, how to reach them safely, what they agreed to, and the facts."""

from collections.abc import Iterator

from server.domain.casework.case_file import CaseFile
from server.domain.casework.events import Consent, Known
from server.domain.casework.referrals import Referral

SAFE = {
    Known.YES: "They said that this number is safe to ring.",
    Known.NO: "DO NOT RING THIS NUMBER: it is not safe.",
    Known.NOT_KNOWN: "Nobody has asked whether this number is safe. Do not ring it before somebody has.",
}


def letter(file: CaseFile, referral: Referral, *, force: str) -> str:
    """Facts as they were said, and nothing concluded from them. Other people's addresses are not in it."""
    return "\n".join(
        [
            f"Referral from {force} to {referral.begun.name}",
            "In confidence. Do not forward, and do not leave messages.",
            "",
            *_who(file, referral),
            "",
            *_agreed(referral),
            "",
            "What is asked for",
            referral.help,
            "",
            "What is known, and how",
            *(f"- {fact}" for fact in referral.facts),
            "",
            "Please confirm that you have this, and who has it, by answering or by telephone.",
        ]
    )


def _who(file: CaseFile, referral: Referral) -> Iterator[str]:
    party = file.parties[referral.begun.party]
    yield f"For: {party.name}{f', born {party.born}' if party.born else ''}"
    if party.note:
        yield party.note
    contact = file.contacts.get(referral.begun.party)
    if contact is None:
        return
    noted, _ = contact
    yield f"Number: {party.number or 'none given'}. {SAFE[noted.phone_safe]}"
    for label, said in (("When", noted.when), ("Who else can see or hear", noted.others)):
        if said:
            yield f"{label}: {said}"
    if noted.word:
        yield f"Say, so that they know who rings: {noted.word}"


def _agreed(referral: Referral) -> Iterator[str]:
    consent = referral.consent
    if consent is None or consent.consent is Consent.YES:
        yield "They agree to this referral."
        return
    yield f"WITHOUT THEIR AGREEMENT ({consent.consent}). Basis: {consent.basis}."
    yield f"Why: {consent.why}"
