"""Asking somebody into video: the questions first, the facts on both sides, a text, and what became of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from server.adapters.store import Store, open_store
from server.domain.call import CallState
from server.domain.casework.events import CallAdded, CaseId, CaseOpened, PartyId, PartyNoted, PartyRole
from server.domain.events import (
    CallEnded,
    Ending,
    InviteReported,
    LinkClosed,
    LinkOpened,
    LinkTried,
    SafetyAsked,
    Verdict,
    VideoInvited,
    VideoOpened,
)
from server.domain.events.inviting import Answer, Others
from server.domain.grades import Graded
from server.domain.ids import CallId
from server.domain.people import Force, Grade, RecordingPolicy
from server.domain.speech import Party
from server.domain.video_facts import Speaks, facts_of
from server.domain.video_links import Closing, LinkKind
from server.domain.whispers import Judged
from server.ports.channels import Carriage, NotSent, Receipt, Report
from server.services.invite_values import Answers, Invited, InviteRules, Wanted
from server.services.inviting import Inviting
from server.services.rates import Rate, Rates
from server.services.readers import Readers
from server.services.refusals import (
    BadNumber,
    NoSuchLanguage,
    NoSuchLink,
    NotAsked,
    NotLetIn,
    NotSafeToText,
    NotYourCall,
    ReadOnly,
    Refused,
    StopSigns,
    SuspectsNumber,
    TheirNumber,
    TooManyLinks,
)
from server.services.their_numbers import TheirNumbers
from server.services.video_links import VideoLinks
from tests.services.room import CALL, FORCE, Room, doing
from tests.services.stage import PlainReader
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, SUE, arrived, raised, sighted

NUMBER = "07700 900123"
EARLIER = CallId("CA0")
PHONE = "a-browser-of-their-own-000"
OTHER = "a-browser-of-another-00000"


@dataclass
class Texts:
    """What was sent; set `refusal` and nothing is."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    refusal: str = ""

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        if self.refusal:
            raise NotSent(self.refusal)
        self.sent.append((to, text))
        return Receipt(reference=tag)

    async def carriage(self, reference: str) -> Carriage:
        return Carriage.TAKEN

    @property
    def token(self) -> str:
        """Of the link that was sent last."""
        return self.sent[-1][1].rpartition("/v/")[2]


@dataclass
class Invitations:
    room: Room
    texts: Texts
    links: VideoLinks
    inviting: Inviting

    async def ask(
        self, *, safe: Answer = Answer.YES, others: Others = Others.NOBODY, alone: Answer = Answer.YES
    ) -> None:
        await self.inviting.ask_safety(
            doing(HANNAH), CALL, Answers(phone_safe=safe, others=others, alone=alone)
        )

    async def send(self, *, act: str = "", **wanted: bool | str | LinkKind) -> Invited:
        asked = Wanted(**{"kind": LinkKind.VIDEO, "to": NUMBER, **wanted})  # type: ignore[arg-type]
        return await self.inviting.invite(doing(HANNAH, act), CALL, asked)

    async def facts(self) -> dict[Speaks, list[str]]:
        found: dict[Speaks, list[str]] = {}
        for fact in (await self.inviting.picture(HANNAH, CALL)).facts:
            found.setdefault(fact.speaks, []).append(fact.text)
        return found


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    room = Room()
    async with open_store(f"sqlite:{tmp_path / 'earshot.db'}", clock=room.clock) as store:
        yield store


RECORDS = replace(FORCE, recording=RecordingPolicy(video=True, policy="of those who agree"))


@pytest_asyncio.fixture
async def video(store: Store) -> Invitations:
    return await invitations(store, RECORDS)


async def invitations(store: Store, force: Force) -> Invitations:
    room = await Room(force=force).open()
    texts = Texts()
    links = VideoLinks(book=store.links, recorder=room.recorder, turns=room.room.turns, clock=room.clock)
    messages = {"en": "Here it is: {link}", "pl": "Oto link: {link}"}
    rules = InviteRules(base_url="https://go.example", messages=messages, channel="console")
    inviting = Inviting(
        room=room.room,
        links=links,
        readers=Readers(shipped=PlainReader()),
        text=texts,
        rules=rules,
        rates=Rates(room.clock, Rate(per_s=0.02, burst=3)),
        theirs=TheirNumbers(journal=room.journal, cases=store.cases),
    )
    return Invitations(room, texts, links, inviting)


async def test_no_link_goes_out_before_the_questions_were_asked(video: Invitations) -> None:
    with pytest.raises(NotAsked):
        await video.send()
    assert video.texts.sent == []


async def test_a_link_goes_out_as_a_neutral_text_to_the_number(video: Invitations) -> None:
    await video.ask()
    sent = await video.send()
    assert (sent.state, sent.instead, sent.shown) == ("sent", "", "")
    ((to, text),) = video.texts.sent
    assert to == "+447700900123"
    assert text.startswith("Here it is: https://go.example/v/")
    assert len(video.texts.token) == 22


async def test_the_answers_stand_for_a_day_and_no_longer(video: Invitations) -> None:
    await video.ask()
    (asked,) = video.room.of_kind(SafetyAsked)
    assert isinstance(asked, SafetyAsked)
    assert asked.until == video.room.clock.now() + timedelta(hours=24)
    video.room.clock.advance(24 * 3600)
    with pytest.raises(NotAsked):
        await video.send()


async def test_a_phone_that_is_not_safe_is_not_texted_whatever_was_read(video: Invitations) -> None:
    await video.ask(safe=Answer.NO)
    with pytest.raises(NotSafeToText):
        await video.send(knowing=True)


@pytest.mark.parametrize(
    ("others", "alone", "sign"),
    [
        (Others.SUSPECT, Answer.YES, "The suspect can see or hear this phone."),
        (Others.NOBODY, Answer.NO, "They are not alone: there is nowhere private to talk."),
    ],
)
async def test_a_stop_sign_has_to_be_read_and_is_on_record(
    video: Invitations, others: Others, alone: Answer, sign: str
) -> None:
    await video.ask(others=others, alone=alone)
    assert (await video.facts())[Speaks.STOP] == [sign]
    with pytest.raises(StopSigns):
        await video.send()
    await video.send(knowing=True)
    (invited,) = video.room.of_kind(VideoInvited)
    assert isinstance(invited, VideoInvited)
    assert invited.stops == (sign,)


async def test_any_immediate_marker_is_a_stop_sign_until_it_is_judged_wrong(video: Invitations) -> None:
    await video.ask()
    seen = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
    await video.room.happens(seen, raised(1, seen))
    assert (await video.facts())[Speaks.STOP] == ["Immediate: strangulation."]
    judged = Judged(seen.sighting.marker, Party.CALLER, 0)
    await video.room.grants.give(CALL, SAM.id)
    await video.room.corrections.judge(doing(SAM), CALL, judged, Verdict.NOT)
    assert Speaks.STOP not in await video.facts()


async def test_a_suspect_who_may_be_there_is_a_stop_sign(video: Invitations) -> None:
    await video.ask()
    there = sighted("perpetrator_present", "he is in the next room", utterance=0, at_ms=4000)
    await video.room.happens(there)
    assert (await video.facts())[Speaks.STOP] == ["The suspect is there or nearby."]


async def test_facts_stand_on_both_sides_and_decide_nothing(video: Invitations) -> None:
    await video.ask(others=Others.UNSURE)
    await video.room.happens(sighted("perpetrator_left_scene", "he has gone", utterance=0, at_ms=4000))
    facts = await video.facts()
    assert facts[Speaks.AGAINST] == ["They are not sure who can see or hear it."]
    assert "The suspect is said to have left." in facts[Speaks.FOR]
    assert Speaks.STOP not in facts


@pytest.mark.parametrize(
    ("grade", "speaks", "text"),
    [
        ("emergency", Speaks.AGAINST, "Graded emergency: an emergency wants officers there."),
        ("priority", Speaks.FOR, "Graded priority: not an emergency."),
    ],
)
async def test_the_grade_speaks_for_or_against(grade: str, speaks: Speaks, text: str) -> None:
    grades = (
        Grade(name="emergency", attend_minutes=15, emergency=True),
        Grade(name="priority", attend_minutes=60),
    )
    state = CallState(graded=Graded(grade=grade))
    assert text in [fact.text for fact in facts_of(state, None, {}, grades) if fact.speaks is speaks]


async def test_what_was_not_said_is_said_to_be_unknown(video: Invitations) -> None:
    assert (await video.facts())[Speaks.UNKNOWN] == [
        "The three questions have not been asked today.",
        "Where the suspect is has not been said.",
    ]


async def test_a_text_that_cannot_be_sent_says_what_to_do_instead_and_its_link_is_dead(
    video: Invitations,
) -> None:
    await video.ask()
    video.texts.refusal = "Ask for another number."
    sent = await video.send()
    assert (sent.state, sent.instead) == ("failed", "Ask for another number.")
    (one,) = (await video.inviting.picture(HANNAH, CALL)).invitations
    assert (one.state, one.instead) == ("not sent", "Ask for another number.")
    found = await video.links.book.link(sent.link)
    assert found is not None
    assert found.closed is Closing.NOT_SENT


async def test_what_the_provider_reports_stands_beside_the_link(video: Invitations) -> None:
    await video.ask()
    sent = await video.send()
    await video.inviting.report(Report(tag=sent.link, carriage=Carriage.DELIVERED))
    await video.inviting.report(Report(tag="unknown", carriage=Carriage.FAILED))
    (one,) = (await video.inviting.picture(HANNAH, CALL)).invitations
    assert one.state == "delivered"
    assert len(video.room.of_kind(InviteReported)) == 2


async def test_the_same_act_sends_one_text(video: Invitations) -> None:
    await video.ask()
    first = await video.send(act="a1")
    second = await video.send(act="a1")
    assert (second.link, second.state) == (first.link, "sent")
    assert len(video.texts.sent) == 1


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [({"to": "999"}, BadNumber), ({"to": "hello"}, BadNumber), ({"language": "xx"}, NoSuchLanguage)],
)
async def test_what_cannot_be_sent_is_refused_before_anything_is_recorded(
    video: Invitations, wanted: dict[str, str], refusal: type[Refused]
) -> None:
    await video.ask()
    with pytest.raises(refusal):
        await video.send(**wanted)
    assert video.room.of_kind(VideoInvited) == []


async def test_the_text_is_in_the_language_that_was_chosen(video: Invitations) -> None:
    await video.ask()
    await video.send(language="pl")
    assert video.texts.sent[0][1].startswith("Oto link: ")


async def test_only_so_many_links_of_a_call_go_out_at_once(video: Invitations) -> None:
    await video.ask()
    for _ in range(3):
        await video.send()
    with pytest.raises(TooManyLinks):
        await video.send()


async def test_links_of_one_call_lead_into_one_room(video: Invitations) -> None:
    await video.ask()
    assert (await video.send()).room == (await video.send()).room


async def test_a_guest_is_asked_in_without_the_questions(video: Invitations) -> None:
    sent = await video.send(guest=True, to="07700 900456", talks=False, name="Interpreter")
    link = await video.links.book.link(sent.link)
    assert link is not None
    assert (link.guest, link.talks, link.name) == (True, False, "Interpreter")


async def in_a_case(store: Store, **numbers: str) -> None:
    """The call and one of another day, with a party of each role that a number is given of."""
    parties = [
        PartyNoted(person=SAM.id, party=PartyId(role), role=PartyRole(role), name="A", number=number)
        for role, number in numbers.items()
    ]
    calls = [CallAdded(person=SAM.id, call=call) for call in (CALL, EARLIER)]
    opened = CaseOpened(person=SAM.id, force=MIDSHIRE)
    await store.cases.append(CaseId("case-1"), [opened, *calls, *parties], after=0)


@pytest.mark.parametrize("number", ["+44 7700 900123", "07700 900777", "07700 900888", "07700 900999"])
async def test_whom_the_call_is_about_is_not_asked_in_as_a_guest(
    store: Store, video: Invitations, number: str
) -> None:
    """By a caller's number, one that a link of theirs went to, or the case's victim's: from either call."""
    await video.ask()
    own = await video.send(to="07700 900777")
    await in_a_case(store, victim="07700 900888")
    await video.room.happens(replace(arrived(), caller="07700 900999"), call=EARLIER)
    room = replace(arrived(), doorway="video", caller=""), VideoOpened(at_ms=0, from_call=CALL)
    await video.room.happens(*room, call=own.room)
    await video.room.grants.give(own.room, HANNAH.id)
    for call in (CALL, own.room):
        with pytest.raises(TheirNumber):
            await video.inviting.invite(
                doing(HANNAH), call, Wanted(kind=LinkKind.VIDEO, to=number, guest=True)
            )
    assert len(video.texts.sent) == 1


@pytest.mark.parametrize("guest", [False, True])
async def test_no_link_of_any_kind_goes_to_a_suspect(
    store: Store, video: Invitations, *, guest: bool
) -> None:
    await video.ask()
    await in_a_case(store, suspect="07700 900666")
    with pytest.raises(SuspectsNumber):
        await video.send(to="+447700900666", guest=guest, knowing=True)
    assert video.texts.sent == []


async def test_what_is_refused_uses_up_no_link(video: Invitations) -> None:
    for _ in range(4):
        with pytest.raises(TheirNumber):
            await video.send(guest=True)
        with pytest.raises(NotAsked):
            await video.send()
    await video.ask()
    for _ in range(3):
        await video.send()


async def test_supervisors_and_people_without_the_call_send_nothing(video: Invitations) -> None:
    wanted = Wanted(kind=LinkKind.VIDEO, to=NUMBER)
    with pytest.raises(ReadOnly):
        await video.inviting.invite(doing(SUE), CALL, wanted)
    for stranger in (HARRY, SAM):
        with pytest.raises(NotYourCall):
            await video.inviting.invite(doing(stranger), CALL, wanted)


async def test_a_revoked_link_is_dead_and_whoever_came_by_it_is_shown_out(video: Invitations) -> None:
    await video.ask()
    sent = await video.send()
    await video.links.open(video.texts.token, PHONE)
    await video.inviting.revoke(doing(HANNAH), CALL, sent.link)
    (closed,) = video.room.of_kind(LinkClosed)
    assert isinstance(closed, LinkClosed)
    assert (closed.link, closed.room, closed.why) == (sent.link, sent.room, Closing.REVOKED)
    with pytest.raises(NotLetIn):
        await video.links.admit(video.texts.token, PHONE)
    with pytest.raises(NoSuchLink):
        await video.inviting.revoke(doing(HANNAH), CALL, sent.link.__class__("l0"))


async def linked(video: Invitations) -> str:
    await video.ask()
    await video.send(record=True)
    return video.texts.token


async def test_the_first_browser_has_the_link_and_comes_back_with_it(video: Invitations) -> None:
    token = await linked(video)
    opened = await video.links.open(token, "")
    admitted = await video.links.admit(token, opened.secret)
    assert (admitted.from_call, admitted.invited_by, admitted.record) == (CALL, HANNAH.id, True)
    assert (await video.links.open(token, opened.secret)).secret == opened.secret
    assert len(video.room.of_kind(LinkOpened)) == 1


@pytest.mark.parametrize(("policy", "agreed"), [(True, False), (False, True)])
async def test_nobody_is_recorded_without_both_the_forces_policy_and_their_word(
    store: Store, *, policy: bool, agreed: bool
) -> None:
    video = await invitations(store, RECORDS if policy else FORCE)
    assert (await video.inviting.picture(HANNAH, CALL)).records is policy
    await video.ask()
    await video.send(record=agreed)
    opened = await video.links.open(video.texts.token, "")
    assert not (await video.links.admit(video.texts.token, opened.secret)).record


async def test_a_forwarded_link_lets_nobody_in_and_the_specialist_is_told(video: Invitations) -> None:
    token = await linked(video)
    await video.links.open(token, PHONE)
    for _ in range(5):
        with pytest.raises(NotLetIn):
            await video.links.open(token, OTHER)
    assert len(video.room.of_kind(LinkTried)) == 3


async def test_a_preview_that_only_looks_uses_no_link_up(video: Invitations) -> None:
    token = await linked(video)
    await video.links.look(token, "")
    await video.links.open(token, PHONE)
    assert video.room.of_kind(LinkTried) == []


async def test_a_link_that_nobody_opened_in_time_is_dead(video: Invitations) -> None:
    token = await linked(video)
    video.room.clock.advance(20 * 60)
    with pytest.raises(NotLetIn):
        await video.links.open(token, PHONE)
    (one,) = (await video.inviting.picture(HANNAH, CALL)).invitations
    assert one.state == "expired"


async def test_the_browser_may_come_back_long_after_but_not_for_ever(video: Invitations) -> None:
    token = await linked(video)
    await video.links.open(token, PHONE)
    video.room.clock.advance(90 * 60)
    await video.links.admit(token, PHONE)
    video.room.clock.advance(30 * 60)
    with pytest.raises(NotLetIn):
        await video.links.admit(token, PHONE)


async def test_after_a_quick_exit_nobody_finds_the_way_back(video: Invitations) -> None:
    token = await linked(video)
    await video.links.open(token, PHONE)
    await video.links.leave(token, PHONE, Closing.QUICK_EXIT)
    with pytest.raises(NotLetIn):
        await video.links.look(token, PHONE)
    (closed,) = video.room.of_kind(LinkClosed)
    assert isinstance(closed, LinkClosed)
    assert closed.why is Closing.QUICK_EXIT


async def test_nobody_leaves_for_another(video: Invitations) -> None:
    token = await linked(video)
    await video.links.open(token, PHONE)
    with pytest.raises(NotLetIn):
        await video.links.leave(token, OTHER, Closing.LEFT)
    await video.links.admit(token, PHONE)


async def test_when_the_video_call_is_over_its_links_show_nothing_any_more(video: Invitations) -> None:
    token = await linked(video)
    opened = await video.links.open(token, PHONE)
    ended = CallEnded(at_ms=1, why=Ending.HUNG_UP)
    await video.room.happens(arrived(), ended, call=opened.link.room)
    with pytest.raises(NotLetIn):
        await video.links.look(token, PHONE)
    with pytest.raises(NotLetIn):
        await video.links.admit(token, PHONE)


async def test_a_made_up_link_lets_nobody_in(video: Invitations) -> None:
    for token in ("", "x" * 22, "x" * 5000):
        with pytest.raises(NotLetIn):
            await video.links.open(token, PHONE)


async def test_no_rule_lets_a_link_wait_for_longer_than_half_an_hour() -> None:
    with pytest.raises(ValueError, match="half an hour"):
        InviteRules(base_url="", messages={}, channel="", link=timedelta(minutes=31))


async def test_of_a_link_only_hashes_are_kept(video: Invitations, tmp_path: Path) -> None:
    token = await linked(video)
    opened = await video.links.open(token, "")
    files = [tmp_path / name for name in ("earshot.db", "earshot.db-wal")]
    kept = b"".join(path.read_bytes() for path in files)
    assert opened.link.id.encode() in kept
    assert token.encode() not in kept
    assert opened.secret.encode() not in kept
    assert all(token not in repr(event) for event in video.room.journal.events(CallId(CALL)))
