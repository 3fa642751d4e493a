"""Wherever a password is chosen, the names of the person and of the district will not do."""

import re

import pytest

from tests.support.sign_in import PASSWORD

GUESSED = ["grandbend123", "Grand Bend 2026!", "maria rides again", "Ibáñez y su tren", "the poet of Xalapa"]


@pytest.fixture
async def maria(sign_in_app):
    return await sign_in_app.person(
        "María", "Ibañez", preferred_given_name="Mari", middle_name="Xalapa", email="poet@grandbend.k12.tx.us"
    )


@pytest.mark.parametrize("password", GUESSED)
async def test_the_page_of_a_one_time_code_refuses_it(sign_in_app, maria, password):
    browser, code = sign_in_app.browser(), await sign_in_app.code(maria)
    await browser.fill("/sign-in/grand-bend/code", code=code, username="mari.i", password=password)
    assert browser.answer.status_code == 400
    assert "must not contain your name" in browser.answer.text
    await browser.fill("/sign-in/grand-bend/code", code=code, username="mari.i", password=PASSWORD)
    assert browser.answer.status_code == 303


@pytest.mark.parametrize("password", GUESSED)
async def test_the_page_of_a_letter_refuses_it(sign_in_app, maria, password):
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(maria), username="mari.i", password=PASSWORD)
    await browser.fill("/sign-in/grand-bend/forgot", identity="mari.i")
    [(_, _, text)] = sign_in_app.sent_mail.sent
    await browser.fill(re.search(r"https://[^/]+(/\S+)", text).group(1), password=password)
    assert browser.answer.status_code == 400
    assert "must not contain your name" in browser.answer.text


@pytest.mark.parametrize("password", GUESSED)
async def test_the_page_of_the_account_refuses_it(sign_in_app, maria, password):
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(maria), username="mari.i", password=PASSWORD)
    await browser.fill("/signed-in/password", present=PASSWORD, password=password)
    assert browser.answer.status_code == 400
    assert "must not contain your name" in browser.answer.text
