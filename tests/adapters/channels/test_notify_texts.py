"""Texts by GOV.UK Notify: its own client against an API of the same shape, and its reports."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.adapters.channels.console import ConsoleTexts
from server.adapters.channels.notify_texts import STATUS, NotifyService, NotifyTexts, notify_routes
from server.ports.channels import Carriage, NotSent, Report
from tests.adapters.channels.provider import Provider, provider

KEY = "earshot-" + "a" * 8 + "-aaaa-aaaa-aaaa-" + "a" * 12 + "-" + "b" * 8 + "-bbbb-bbbb-bbbb-" + "b" * 12
SERVICE = NotifyService(key=KEY, template="t1", sender="s1", callback_token="agreed")
LINK = "https://go.example/v/abc"
NUMBER = "+447700900123"
AWAY = "http://127.0.0.1:9"


@pytest_asyncio.fixture
async def api() -> AsyncIterator[Provider]:
    async with provider() as here:
        here.status, here.answer = 201, {"id": "n1"}
        yield here


async def test_a_text_goes_out_by_the_template(api: Provider) -> None:
    texts = NotifyTexts(replace(SERVICE, api_url=api.url))
    receipt = await texts.send("+447700900123", f"Your link: {LINK}", tag="l1")
    assert receipt.reference == "n1"
    assert api.asked == [
        (
            "POST",
            "/v2/notifications/sms",
            {
                "phone_number": "+447700900123",
                "template_id": "t1",
                "personalisation": {"text": f"Your link: {LINK}"},
                "reference": "l1",
                "sms_sender_id": "s1",
            },
        )
    ]


@pytest.mark.parametrize(("status", "instead"), [(400, "another number"), (500, "by voice")])
async def test_a_refused_text_says_what_to_do_instead(api: Provider, status: int, instead: str) -> None:
    api.status = status
    api.answer = {"status_code": status, "errors": [{"error": "ValidationError", "message": NUMBER}]}
    with pytest.raises(NotSent, match=instead) as refused:
        await NotifyTexts(replace(SERVICE, api_url=api.url)).send(NUMBER, LINK)
    assert "7700" not in str(refused.value)


async def test_a_provider_that_is_away_says_to_go_on_by_voice() -> None:
    with pytest.raises(NotSent, match="by voice"):
        await NotifyTexts(replace(SERVICE, api_url=AWAY)).send(NUMBER, "hello")


async def test_neither_number_nor_link_is_ever_logged(
    api: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it goes out, is refused in words that quote both, or the provider is away."""
    caplog.set_level(logging.DEBUG)
    texts = NotifyTexts(replace(SERVICE, api_url=api.url))
    await texts.send(NUMBER, f"Your link: {LINK}", tag="l1")
    quoted = {"error": "ValidationError", "message": f"{NUMBER}: Your link: {LINK}"}
    api.status, api.answer = 400, {"status_code": 400, "errors": [quoted]}
    for channel in (texts, NotifyTexts(replace(SERVICE, api_url=AWAY))):
        with pytest.raises(NotSent):
            await channel.send(NUMBER, f"Your link: {LINK}", tag="l1")
    said = " ".join(str(record.__dict__) for record in caplog.records)
    assert [record.message for record in caplog.records].count("text refused") == 2
    assert "7700" not in said
    assert "/v/" not in said


async def test_how_far_a_text_has_got_can_be_asked(api: Provider) -> None:
    api.status, api.answer = 200, {"id": "n1", "status": "temporary-failure"}
    assert await NotifyTexts(replace(SERVICE, api_url=api.url)).carriage("n1") is Carriage.FAILED


async def posted(told: list[Report], body: object, *, token: str, service: NotifyService = SERVICE) -> int:
    async def tell(report: Report) -> None:
        told.append(report)

    app = web.Application()
    app.add_routes(notify_routes(service, tell))
    async with TestClient(TestServer(app)) as client:
        sent = {"Authorization": f"Bearer {token}"}
        async with client.post(STATUS, json=body, headers=sent) as answer:
            return answer.status


async def test_a_report_with_the_agreed_token_is_passed_on() -> None:
    told: list[Report] = []
    assert await posted(told, {"reference": "l1", "status": "permanent-failure"}, token="agreed") == 204
    assert [(one.tag, one.carriage) for one in told] == [("l1", Carriage.FAILED)]
    assert "another number" in told[0].instead


async def test_a_report_without_the_agreed_token_is_refused() -> None:
    told: list[Report] = []
    body = {"reference": "l1", "status": "delivered"}
    assert await posted(told, body, token="guessed") == 403
    assert await posted(told, body, token="", service=replace(SERVICE, callback_token="")) == 403
    assert told == []


async def test_a_report_that_cannot_be_read_is_refused() -> None:
    assert await posted([], ["delivered"], token="agreed") == 400


async def test_in_development_the_text_is_shown_to_whoever_sends_it() -> None:
    receipt = await ConsoleTexts().send("07700900123", LINK, tag="l1")
    assert (receipt.shown, receipt.reference) == (LINK, "l1")
    assert await ConsoleTexts().carriage("l1") is Carriage.DELIVERED
