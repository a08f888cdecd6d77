import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.doorways.twilio.refusals import Refusal, Refused
from server.adapters.doorways.twilio.tokens import Tokens
from server.domain.ids import CallId, ForceId, PersonId
from server.services.switchboard import Arrival
from tests.fakes import FakeClock

CALL = CallId("CA" + "6" * 32)
ARRIVAL = Arrival(
    call=CALL,
    force=ForceId("avon"),
    doorway="twilio",
    caller="+447700900123",
    called="+441632960999",
    handler=PersonId("harriet"),
)


def tokens(*auth_tokens: str, clock: FakeClock | None = None, capacity: int = 100) -> Tokens:
    return Tokens(
        clock or FakeClock(), auth_tokens=auth_tokens or ("secret",), lifetime_s=300, capacity=capacity
    )


def spend(book: Tokens, token: str, call: CallId = CALL) -> Arrival | Refusal:
    try:
        with book.spending(token, call) as arrival:
            return arrival
    except Refused as refused:
        return refused.refusal


@pytest.mark.parametrize("arrival", [ARRIVAL, replace(ARRIVAL, handler=None, caller="")])
def test_a_token_brings_its_whole_arrival_to_another_process(arrival: Arrival) -> None:
    assert spend(tokens(), tokens().issue(arrival)) == arrival


def test_a_token_is_spent_once() -> None:
    book = tokens()
    token = book.issue(ARRIVAL)
    assert [spend(book, token), spend(book, token)] == [ARRIVAL, Refusal.BAD_TOKEN]


def test_a_token_whose_line_did_not_open_is_good_again() -> None:
    book = tokens()
    token = book.issue(ARRIVAL)
    with pytest.raises(asyncio.CancelledError), book.spending(token, CALL):
        raise asyncio.CancelledError
    assert spend(book, token) == ARRIVAL


def test_a_token_that_is_being_spent_opens_no_second_line() -> None:
    book = tokens()
    token = book.issue(ARRIVAL)
    with book.spending(token, CALL):
        assert spend(book, token) == Refusal.BAD_TOKEN


def test_a_token_shown_for_another_call_stays_good_for_its_own() -> None:
    book = tokens()
    token = book.issue(ARRIVAL)
    assert spend(book, token, CallId("CA" + "7" * 32)) == Refusal.FOREIGN_TOKEN
    assert spend(book, token) == ARRIVAL


def test_while_an_auth_token_is_replaced_streams_of_both_are_taken() -> None:
    old, new = tokens("old"), tokens("new")
    both = tokens("new", "old")
    assert [spend(both, book.issue(ARRIVAL)) for book in (old, new)] == [ARRIVAL, ARRIVAL]
    assert spend(new, old.issue(ARRIVAL)) == Refusal.BAD_TOKEN


def test_a_token_grows_old_even_across_a_restart() -> None:
    clock = FakeClock()
    token = tokens(clock=clock).issue(ARRIVAL)
    clock.advance(299)
    assert spend(tokens(clock=clock), token) == ARRIVAL
    clock.advance(2)
    assert spend(tokens(clock=clock), token) == Refusal.BAD_TOKEN


def test_no_more_used_tokens_are_remembered_than_the_bound_and_none_that_are_old() -> None:
    clock = FakeClock()
    book = tokens(clock=clock, capacity=3)
    for _ in range(10):
        spend(book, book.issue(ARRIVAL))
    assert len(book) == 3
    clock.advance(301)
    spend(book, book.issue(ARRIVAL))
    assert len(book) == 1


def test_a_very_long_address_is_left_out_so_that_twilio_takes_the_token() -> None:
    long = replace(ARRIVAL, caller="sip:" + "a" * 400 + "@pbx.example")
    token = tokens().issue(long)
    assert len(token) + len("token") <= 500
    assert spend(tokens(), token) == replace(ARRIVAL, caller="", called="")


def test_a_token_made_to_name_another_call_is_bad() -> None:
    whole = urlsafe_b64decode(tokens().issue(ARRIVAL) + "==")
    other = whole.replace(CALL.encode(), b"CA" + b"8" * 32)
    assert json.loads(other[32:])[2] == "CA" + "8" * 32
    assert spend(tokens(), urlsafe_b64encode(other).decode(), CallId("CA" + "8" * 32)) == Refusal.BAD_TOKEN


@given(st.text(min_size=1) | st.binary(min_size=1).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_a_guess_is_bad_and_no_error(guess: str) -> None:
    assert spend(tokens(), guess) == Refusal.BAD_TOKEN
