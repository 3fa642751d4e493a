"""The cookies of the pages."""

from starlette.requests import Request
from starlette.responses import Response

LANGUAGE = "language"
YEAR = 365 * 86400


class Cookies:
    """Cookies for this host alone, hidden from scripts, sent along from other sites only when a link is followed."""

    def __init__(self, public_url: str) -> None:
        self._secure = public_url.startswith("https://")

    def name(self, what: str) -> str:
        """Return the name of the cookie `what`; over https one that no subdomain can set."""
        return f"__Host-evenkeel-{what}" if self._secure else f"evenkeel-{what}"

    def read(self, request: Request, what: str) -> str | None:
        """Return the value that the browser sent."""
        return request.cookies.get(self.name(what))

    def write(self, response: Response, what: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie; without `seconds` until the browser is closed."""
        response.set_cookie(
            self.name(what), value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def delete(self, response: Response, what: str) -> None:
        """Remove a cookie."""
        response.delete_cookie(self.name(what), path="/", secure=self._secure, httponly=True, samesite="lax")
