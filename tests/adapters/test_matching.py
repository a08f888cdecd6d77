"""Numbers, addresses, names and vehicles as people write and say them, and what is found in speech."""

import pytest

from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.domain.entities import EntityKind, Known
from server.domain.speech import Party
from tests.fakes import START
from tests.stories import said

MATCHER = LibraryMatcher()
NUMBER, ADDRESS, PERSON, VEHICLE, ORDER = (
    EntityKind.NUMBER,
    EntityKind.ADDRESS,
    EntityKind.PERSON,
    EntityKind.VEHICLE,
    EntityKind.ORDER,
)


def value(kind: EntityKind, text: str) -> str:
    read = MATCHER.read(kind, text)
    return read.value if read else ""


def bits(kind: EntityKind, one: str, other: str) -> float:
    mine, theirs = (Known(kind=kind, value=value(kind, text)) for text in (one, other))
    return sum(agreed.bits for agreed in MATCHER.comparing([mine], shared=frozenset())([theirs]))


def share_a_key(kind: EntityKind, one: str, other: str) -> bool:
    keys = [MATCHER.keys([Known(kind=kind, value=value(kind, text))], START) for text in (one, other)]
    return bool(keys[0] & keys[1])


@pytest.mark.parametrize(
    "text", ["07700 900123", "+44 7700 900123", "tel:+447700900123", "sip:+447700900123@x"]
)
def test_a_number_is_one_however_it_is_written(text: str) -> None:
    assert value(NUMBER, text) == "+447700900123"


@pytest.mark.parametrize("text", ["anonymous", "Restricted", "+266696687", "unavailable", "", "999"])
def test_what_is_withheld_is_no_number(text: str) -> None:
    assert value(NUMBER, text) == ""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Flat 3, 14 Maple Rd, Leeds LS6 2AB", "3|14|maple road|leeds|ls62ab"),
        ("12a High Street", "a|12|high street||"),
        ("2/1, 14 Great Western Road, Glasgow G4 9AA", "2f1|14|great western road|glasgow|g49aa"),
        ("14 Great Western Road, flat 2/1", "2f1|14|great western road||"),
        ("3F2, 14 Leith Walk Edinburgh", "3f2|14|leith walk|edinburgh|"),
        ("14/3 Leith Walk, Edinburgh EH6 8LN", "3|14|leith walk|edinburgh|eh68ln"),
        ("basement flat 9 Victoria Road", "basement|9|victoria road||"),
        ("Ground floor flat, 9 Victoria Road", "ground-floor|9|victoria road||"),
        ("the flat above the chippy on Mill Lane", "above||mill lane||"),
        ("12 High Street, flat over the betting shop", "above|12|high street||"),
        ("over the road from 12 High Street", "|12|high street||"),
        ("21 Drumnagoon Road, Craigavon BT63 5RF", "|21|drumnagoon road|craigavon|bt635rf"),
        ("Apartment 4, 12 Titanic Quay, Belfast BT3 9DT", "4|12|titanic quay|belfast|bt39dt"),
        ("14 St John's Road", "|14|st johns road||"),
        ("ls6 2ab", "||||ls62ab"),
    ],
)
def test_an_address_is_read_down_to_the_flat(text: str, read: str) -> None:
    assert value(ADDRESS, text) == read


def test_the_same_house_says_more_than_the_house_beside_it_and_that_more_than_another_street() -> None:
    house, beside, elsewhere = "24 Maple Road LS6 2AB", "26 Maple Road LS6 2AB", "24 Elm Close BD1 1AA"
    same, near, other = (bits(ADDRESS, house, one) for one in (house, beside, elsewhere))
    assert same > 15 > near > 0 > other


def test_another_flat_in_the_building_is_not_the_same_address() -> None:
    assert bits(ADDRESS, "Flat 1, 24 Maple Road LS6 2AB", "Flat 2, 24 Maple Road LS6 2AB") < 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Khaola Saleem", "Khawla Salim"),
        ("Raneem Oudeh", "Ranim Awda"),
        ("Mohammed Hussain", "Muhammad Hossain"),
        ("Bob Wojcik", "Robert Wójcik"),
        ("Светлана Иванова", "Svetlana Ivanova"),
        ("Oudeh Raneem", "Raneem Oudeh"),
    ],
)
def test_a_name_is_found_again_in_another_spelling_alphabet_or_order(one: str, other: str) -> None:
    assert share_a_key(PERSON, one, other)
    assert bits(PERSON, one, other) > 8


def test_two_people_are_not_one_for_a_common_name_part() -> None:
    assert bits(PERSON, "Sarah Jones", "David Jones") < 3
    assert bits(PERSON, "Raneem Oudeh", "Janbaz Tarin") <= 0


def test_a_common_name_says_less_than_a_rare_one() -> None:
    assert bits(PERSON, "John Smith", "John Smith") < bits(PERSON, "Raneem Oudeh", "Raneem Oudeh")


def test_a_registration_is_found_with_one_letter_misheard() -> None:
    assert share_a_key(VEHICLE, "AB12 CDE", "AD12CDE")
    assert bits(VEHICLE, "AB12CDE", "AB12CDE") > bits(VEHICLE, "AB12CDE", "AD12CDE") > 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Non-molestation order ZW23P00412, until 1 May 2027", "non-molestation order|zw23p00412"),
        ("zw 23 p 00412", "|zw23p00412"),
        ("Restraining order until 01/05/2027", "restraining order|"),
        ("injunction, she lives at 16 Maple Road LS16 2AB", "injunction|"),
        ("DVPN", "domestic violence protection notice|"),
        ("his sister says so", ""),
    ],
)
def test_an_order_is_read_as_its_kind_and_its_reference_alone(text: str, read: str) -> None:
    assert value(ORDER, text) == read


def test_orders_agree_by_their_reference_and_never_by_their_kind() -> None:
    known, typed = "non-molestation order ZW23P00412", "ZW23 P00412"
    assert share_a_key(ORDER, known, typed)
    assert bits(ORDER, known, typed) > 18
    assert not share_a_key(ORDER, "restraining order", "a restraining order")
    assert bits(ORDER, "restraining order", "a restraining order") == 0


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("i've got a non-molestation order against him", "non-molestation order|"),
        ("there's a restraining order he's not allowed near me", "restraining order|"),
        ("the judge gave me an occupation order", "occupation order|"),
        ("they put a d v p o on him", "domestic violence protection order|"),
        ("police gave him a domestic violence protection notice", "domestic violence protection notice|"),
        ("there's a stalking protection order", "stalking protection order|"),
        ("he's not allowed here i've got an injunction", "injunction|"),
        ("he's broken his bail conditions", "bail conditions|"),
        ("he's breached his bail again", "bail conditions|"),
        (
            "i have a non molestation order the number is zulu whiskey two three papa double oh four one two",
            "non-molestation order|zw23p00412",
        ),
        ("the restraining order case number is 13 24 00567", "restraining order|132400567"),
        ("an injunction zw23p00412", "injunction|zw23p00412"),
    ],
)
def test_an_order_is_heard_with_the_reference_that_is_spelt_behind_it(words: str, read: str) -> None:
    (found,) = HeardEntities().find([said(Party.CALLER, 0, words, at_ms=0).utterance])
    assert (found.kind, value(found.kind, found.text)) == (ORDER, read)


@pytest.mark.parametrize(
    ("party", "words"),
    [
        (Party.HANDLER, "is there a restraining order or an injunction in place"),
        (Party.CALLER, "no there's no restraining order"),
        (Party.CALLER, "i haven't got an injunction"),
        (Party.CALLER, "i want to get a restraining order"),
        (Party.CALLER, "i'd like to order a pizza"),
    ],
)
def test_an_order_that_is_asked_for_wanted_or_not_there_is_not_heard(party: Party, words: str) -> None:
    assert HeardEntities().find([said(party, 0, words, at_ms=0).utterance]) == []


def test_the_telephone_that_is_said_behind_an_order_is_not_its_reference() -> None:
    words = "there's a restraining order and my number is oh seven seven double oh nine hundred one two three"
    found = HeardEntities().find([said(Party.CALLER, 0, words, at_ms=0).utterance])
    assert {(one.kind, one.text) for one in found} == {
        (NUMBER, "07700900123"),
        (ORDER, "restraining order"),
    }


def test_a_reference_that_is_asked_for_belongs_to_the_order_that_was_spoken_of() -> None:
    told = said(Party.CALLER, 0, "i have an injunction against him", at_ms=0).utterance
    asked = said(Party.HANDLER, 0, "what's the reference on it", at_ms=3000).utterance
    answered = said(Party.CALLER, 1, "zulu whiskey two three papa one two three", at_ms=6000).utterance
    (found,) = HeardEntities().find([told, asked, answered])
    assert (found.kind, found.text) == (ORDER, "injunction ZW23P123")


@pytest.mark.parametrize(
    ("words", "kind", "read"),
    [
        ("my name is raneem oudeh please help", PERSON, "raneem|oudeh"),
        ("my mum khaola saleem is here", PERSON, "khaola|saleem"),
        ("i'm at twenty four maple road in leeds", ADDRESS, "|24|maple road|leeds|"),
        ("flat three one hundred and twelve station road", ADDRESS, "3|112|station road||"),
        ("it's bravo one two three charlie delta", ADDRESS, "||||b123cd"),
        ("his number is oh seven seven double oh nine hundred one two three", NUMBER, "+447700900123"),
        ("a silver car reg alpha bravo one two charlie delta echo", VEHICLE, "ab12cde"),
    ],
)
def test_what_is_said_is_read(words: str, kind: EntityKind, read: str) -> None:
    (found,) = HeardEntities().find([said(Party.CALLER, 0, words, at_ms=0).utterance])
    assert (found.kind, value(kind, found.text)) == (kind, read)


@pytest.mark.parametrize(
    "words",
    [
        "i'm scared he's going to kill me",
        "this is an emergency",
        "he called me a liar and i called the police",
    ],
)
def test_what_names_nobody_and_nothing_is_left_alone(words: str) -> None:
    assert HeardEntities().find([said(Party.CALLER, 0, words, at_ms=0).utterance]) == []


def test_a_short_answer_to_who_it_is_is_a_name() -> None:
    asked = said(Party.HANDLER, 0, "what's your name", at_ms=0).utterance
    answered = said(Party.CALLER, 0, "it's sarah jones", at_ms=3000).utterance
    (found,) = HeardEntities().find([asked, answered])
    assert (found.text, found.about) == ("sarah jones", "caller")
