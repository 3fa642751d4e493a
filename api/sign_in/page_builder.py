"""The pages with their inputs: what stands on each, in the visitor's language."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request

from api.sign_in.service import Desk
from api.sign_in.totp import drawn, seed_in
from api.web.pages import Field, Page
from domain.accounts.views import OwnAccountView, WaysInView
from domain.directory.district_lookup import FoundDistrict
from domain.shared.errors import Code, Invalid

Problems = Sequence[tuple[str, str]]


class Drawer:
    """Draws pages for one request."""

    def __init__(self, desk: Desk, request: Request, *, next_: str = "", district: FoundDistrict | None = None) -> None:
        self._desk = desk
        self._request = request
        self._next = next_
        self._slug = "" if district is None else district.slug
        self._name = "" if district is None else district.name

    def say(self, key: str, **values: object) -> str:
        """The sentence ``key``."""
        return self._desk.say(self._request, key, **values)

    def path(self, name: str = "") -> str:
        """The address of one of the district's pages."""
        return "/".join(part for part in ("/sign-in", self._slug, name) if part)

    def link(self, key: str, path: str) -> tuple[str, str]:
        """A link that remembers where to go in the end."""
        return self.say(key), f"{path}?{urlencode({'next': self._next})}" if self._next else path

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What a form carries along."""
        return (("next", self._next),) if self._next else ()

    def find(self, typed: str = "", problems: Problems = ()) -> Page:
        """Which district?"""
        field = Field(name="district", label=self.say("find.label"), autocomplete="organization", value=typed)
        return self._form("find", "/sign-in", (field,), self.say("go"), problems, intro=(self.say("find.intro"),))

    def sign_in(self, ways: WaysInView, typed: str = "", problems: Problems = ()) -> Page:
        """The district's ways in."""
        choices = tuple(
            (self.say("in.with", provider=p.name), self.link("go", self.path(f"with/{p.code}"))[1]) for p in ways.providers
        )
        links = [self.link("in.code", self.path("code")), self.link("in.forgot", self.path("forgot"))]
        return self._form(
            "in",
            self.path(),
            (self._username(typed), self._password("current-password")),
            self.say("in.submit"),
            problems,
            intro=(self.say("in.exclusive"),) if ways.exclusive else (),
            choices=choices,
            heading=self.say("in.or") if choices else "",
            links=(*links, self.link("in.other", "/sign-in")),
        )

    def code(self, username: str = "", problems: Problems = ()) -> Page:
        """A one-time code, and what its holder chooses."""
        code = Field(name="code", label=self.say("code.label"), autocomplete="one-time-code", hint=self.say("code.hint"))
        fields = (code, self._username(username, self.say("username.hint")), self._password("new-password"))
        return self._form(
            "code", self.path("code"), fields, self.say("go"), problems, intro=(self.say("code.intro"),), links=self._back()
        )

    def second_step(self, problems: Problems = ()) -> Page:
        """The code of the app."""
        field = Field(name="code", label=self.say("second.label"), autocomplete="one-time-code")
        intro = (self.say("second.intro"),)
        path = self.path("second-step")
        return self._form("second", path, (field,), self.say("go"), problems, intro=intro, links=self._back())

    def enrol(self, uri: str, problems: Problems = ()) -> Page:
        """The app's seed, as a picture and as text."""
        field = Field(name="code", label=self.say("second.label"), autocomplete="one-time-code", numeric=True)
        return self._form(
            "enrol",
            self.path("enrol"),
            (field,),
            self.say("go"),
            problems,
            intro=(self.say("enrol.intro"),),
            picture=drawn(uri),
            key=seed_in(uri),
        )

    def recovery(self, codes: tuple[str, ...]) -> Page:
        """Recovery codes, shown once."""
        on = (self.say("go"), self._next or "/signed-in")
        return Page(title=self.say("recovery.title"), intro=(self.say("recovery.intro"),), codes=codes, links=(on,))

    def forgot(self, problems: Problems = ()) -> Page:
        """For whom?"""
        field = Field(name="identity", label=self.say("forgot.label"), autocomplete="username")
        intro = (self.say("forgot.intro"),)
        path = self.path("forgot")
        return self._form("forgot", path, (field,), self.say("go"), problems, intro=intro, links=self._back())

    def letter_sent(self) -> Page:
        """The same for everybody."""
        return Page(title=self.say("forgot.title"), notice=self.say("forgot.done"), links=self._back())

    def reset(self, token: str, problems: Problems = ()) -> Page:
        """A new password."""
        fields = (self._password("new-password"),)
        return self._form(
            "reset", self.path("reset"), fields, self.say("go"), problems, hidden=(("token", token),), links=self._back()
        )

    def reset_done(self) -> Page:
        """Now sign in."""
        return Page(title=self.say("reset.title"), notice=self.say("reset.done"), links=self._back())

    def done(self, own: OwnAccountView, notice: str = "") -> Page:
        """Signed in, and nowhere to go on to: what one can do about how one signs in."""
        links = [(self.say("done.password"), "/signed-in/password")] if own.password else []
        if own.second_factor:
            links.append((self.say("done.second.renew"), "/signed-in/second-step"))
        elif own.slug is not None:
            links.append((self.say("done.second.new"), f"/sign-in/{own.slug}/enrol"))
        return Page(
            title=self.say("done.title"),
            notice=notice,
            intro=(self.say("done.intro"),),
            action="/sign-out",
            submit=self.say("out"),
            links=tuple(links),
        )

    def change(self, problems: Problems = ()) -> Page:
        """The present password, and a new one."""
        present = Field(name="present", label=self.say("change.present"), autocomplete="current-password", kind="password")
        return self._form(
            "change",
            "/signed-in/password",
            (present, self._password("new-password")),
            self.say("change.submit"),
            problems,
            intro=(self.say("change.intro"),),
            links=self._home(),
        )

    def renew(self, uri: str, sealed: str, problems: Problems = ()) -> Page:
        """The seed of another app, and a code of each."""
        old = Field(name="code", label=self.say("renew.old"), autocomplete="one-time-code", hint=self.say("renew.old.hint"))
        new = Field(name="new_code", label=self.say("renew.new"), autocomplete="one-time-code", numeric=True)
        return self._form(
            "renew",
            "/signed-in/second-step",
            (old, new),
            self.say("go"),
            problems,
            intro=(self.say("renew.intro"),),
            hidden=(("sealed", sealed),),
            picture=drawn(uri),
            key=seed_in(uri),
            links=self._home(),
        )

    def told(self, title: str, key: str) -> Page:
        """It is done; back to the account."""
        return Page(title=self.say(title), notice=self.say(key), links=self._home())

    def not_here(self, title: str, key: str) -> Page:
        """A page that is for other accounts."""
        return Page(title=self.say(title), intro=(self.say(key),), links=self._home(), status=404)

    def signed_out(self) -> Page:
        """Good-bye."""
        return Page(title=self.say("out.title"), intro=(self.say("out.intro"),), links=(self.link("in.back", "/sign-in"),))

    def problem(self, sentence: str, status: int, title: str = "problem") -> Page:
        """What can't be mended on the page itself."""
        return Page(title=self.say(title), intro=(sentence,), links=self._back(), status=status)

    def wrong(self, error: Invalid) -> Problems:
        """What will not do of a user name or a password, in the visitor's language."""
        found = []
        for fault in error.errors:
            name = fault.pointer.lstrip("/")
            key = "taken.username" if fault.code == Code.DUPLICATE else f"bad.{name}"
            found.append((name, self.say(key)))
        return found

    def _home(self) -> tuple[tuple[str, str], ...]:
        return ((self.say("own.back"), "/signed-in"),)

    def _back(self) -> tuple[tuple[str, str], ...]:
        return (self.link("in.back", self.path()),)

    def _username(self, typed: str, hint: str = "") -> Field:
        return Field(name="username", label=self.say("username"), autocomplete="username", value=typed, hint=hint)

    def _password(self, autocomplete: str) -> Field:
        new = autocomplete == "new-password"
        return Field(
            name="password",
            label=self.say("password.new" if new else "password"),
            autocomplete=autocomplete,
            kind="password",
            hint=self.say("password.hint") if new else "",
        )

    def _form(self, name: str, action: str, fields: tuple[Field, ...], submit: str, problems: Problems, **more: object) -> Page:
        hidden = (*self.hidden, *more.pop("hidden", ()))  # type: ignore[misc]  # pairs, as every page gives them
        return Page(
            title=self.say(f"{name}.title", district=self._name),
            action=action,
            fields=fields,
            submit=submit,
            hidden=hidden,
            problems=tuple(problems),
            status=400 if problems else 200,
            **more,  # type: ignore[arg-type]  # members of Page, as every page gives them
        )
