"""Texts by Twilio: its own client against an API of the same shape, and its signed reports."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from server.adapters.channels.twilio_texts import STATUS, TwilioAccount, twilio_routes, twilio_texts
from server.ports.channels import Carriage, NotSent, Report
from tests.adapters.channels.provider import Provider, provider

PUBLIC = "https://earshot.example"
LINK = "https://go.example/v/abc"
ACCOUNT = TwilioAccount(
    account="AC" + "0" * 32, auth_tokens=("token", "old"), sender="Northern", public_url=PUBLIC
)


@pytest_asyncio.fixture
async def api() -> AsyncIterator[Provider]:
    async with provider() as here:
        here.status, here.answer = 201, {"sid": "SM1", "status": "queued"}
        yield here


def account(api: Provider) -> TwilioAccount:
    return replace(ACCOUNT, api_url=api.url)


async def test_a_text_goes_out_under_the_configured_sender(api: Provider) -> None:
    async with twilio_texts(account(api)) as texts:
        receipt = await texts.send("+447700900123", f"Your link: {LINK}", tag="l1")
    assert receipt.reference == "SM1"
    (asked,) = api.asked
    assert asked[:2] == ("POST", f"/2010-04-01/Accounts/{ACCOUNT.account}/Messages.json")
    assert asked[2] == {
        "To": "+447700900123",
        "From": "Northern",
        "Body": f"Your link: {LINK}",
        "StatusCallback": f"{PUBLIC}{STATUS}?tag=l1",
    }


async def test_a_messaging_service_sends_in_its_own_name(api: Provider) -> None:
    service = "MG" + "a" * 32
    async with twilio_texts(replace(account(api), sender=service)) as texts:
        await texts.send("+447700900123", "hello")
    assert api.asked[0][2]["MessagingServiceSid"] == service


async def test_a_refused_text_says_what_to_do_instead(api: Provider) -> None:
    api.status, api.answer = 400, {"code": 21610, "message": "unsubscribed +447700900123", "status": 400}
    async with twilio_texts(account(api)) as texts:
        with pytest.raises(NotSent, match="another number") as refused:
            await texts.send("+447700900123", "hello")
    assert "7700" not in str(refused.value)


async def test_a_provider_that_is_away_says_to_go_on_by_voice() -> None:
    async with twilio_texts(replace(ACCOUNT, api_url="http://127.0.0.1:9")) as texts:
        with pytest.raises(NotSent, match="by voice"):
            await texts.send("+447700900123", "hello")


async def test_neither_number_nor_link_is_ever_logged(
    api: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with twilio_texts(account(api)) as texts:
        await texts.send("+447700900123", f"Your link: {LINK}", tag="l1")
        api.status, api.answer = 400, {"code": 21211, "message": "+447700900123", "status": 400}
        with pytest.raises(NotSent):
            await texts.send("+447700900123", f"Your link: {LINK}", tag="l1")
    said = " ".join(str(record.__dict__) for record in caplog.records)
    assert "7700" not in said
    assert "/v/" not in said


@pytest.mark.parametrize(
    ("status", "carriage"),
    [("delivered", Carriage.DELIVERED), ("undelivered", Carriage.FAILED), ("sending", Carriage.TAKEN)],
)
async def test_how_far_a_text_has_got_can_be_asked(api: Provider, status: str, carriage: Carriage) -> None:
    api.status, api.answer = 200, {"sid": "SM1", "status": status}
    async with twilio_texts(account(api)) as texts:
        assert await texts.carriage("SM1") is carriage


class Reports:
    """A server that takes Twilio's reports."""

    def __init__(self) -> None:
        self.told: list[Report] = []

    async def tell(self, report: Report) -> None:
        self.told.append(report)


async def posted(reports: Reports, form: dict[str, str], *, token: str, query: str = "tag=l1") -> int:
    app = web.Application()
    app.add_routes(twilio_routes(ACCOUNT, reports.tell))
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}{STATUS}?{query}", form)
    async with TestClient(TestServer(app)) as client:
        sent = {"X-Twilio-Signature": signature}
        async with client.post(f"{STATUS}?{query}", data=form, headers=sent) as answer:
            return answer.status


async def test_a_signed_report_is_passed_on_under_its_tag() -> None:
    reports = Reports()
    assert await posted(reports, {"MessageStatus": "delivered"}, token="token") == 204
    failed = {"MessageStatus": "undelivered", "ErrorCode": "30006"}
    assert await posted(reports, failed, token="old") == 204
    assert [(one.tag, one.carriage) for one in reports.told] == [
        ("l1", Carriage.DELIVERED),
        ("l1", Carriage.FAILED),
    ]
    assert "another number" in reports.told[1].instead


async def test_a_report_that_twilio_did_not_sign_is_refused() -> None:
    reports = Reports()
    assert await posted(reports, {"MessageStatus": "delivered"}, token="a stranger's") == 403
    assert reports.told == []


async def test_a_report_of_something_under_way_tells_nothing() -> None:
    reports = Reports()
    assert await posted(reports, {"MessageStatus": "queued"}, token="token") == 204
    assert await posted(reports, {"MessageStatus": "delivered"}, token="token", query="tag=a.b") == 204
    assert reports.told == []
