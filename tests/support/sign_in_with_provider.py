"""A house whose district signs in by a provider of its own."""

from domain.accounts.identity_provider_commands import ListIdentityProviders, PutIdentityProvider
from domain.accounts.model import ProviderKind
from domain.accounts.usecases.identity_providers import list_identity_providers, put_identity_provider

SECRET = "a-secret-of-the-provider-long-enough"


class ProviderSignIn:
    """A house, the provider of its district, and somebody of the roster."""

    def __init__(self, sign_in_app, provider, code="district") -> None:
        self.sign_in_app, self.provider, self.code = sign_in_app, provider, code

    async def configure(self, kind="oidc", **changes):
        command = {
            "code": self.code,
            "kind": ProviderKind(kind),
            "name": "District login",
            "client_id": "evenkeel",
            "client_secret": SECRET,
            "claim": "employee_id",
            "roster_field": "identifier",
        }
        listed = (await self.sign_in_app.run(list_identity_providers, ListIdentityProviders())).providers
        command["expected_version"] = next((held.version for held in listed if held.code == self.code), 0)
        return await self.sign_in_app.run(put_identity_provider, PutIdentityProvider(**(command | changes)))

    async def leave(self, browser, next_=""):
        """To the provider; where it is asked to send the person."""
        query = f"?next={next_}" if next_ else ""
        answer = await browser.http.get(f"/sign-in/grand-bend/with/{self.code}{query}")
        return answer.headers.get("location", "")

    async def back(self, browser, **params):
        browser.answer = await browser.http.get(f"/sign-in/grand-bend/callback/{self.code}", params=params)
        return browser.answer

    async def through(self, browser=None, next_="", **more):
        """All the way."""
        browser = browser or self.sign_in_app.browser()
        params = self.provider.authorize(await self.leave(browser, next_))
        await self.back(browser, **(params | more))
        return browser
