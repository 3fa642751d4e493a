"""Kinds of jobs, as data: the use case that each runs, and the URL of its result."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import msgspec
from aiosmtplib import SMTPException

from api.outbound.mail import Mail
from api.wire.request_validation import validate_json
from domain.jobs.model import RunningJob
from domain.notifications.commands import MailNotification
from domain.notifications.ports import Mailer
from domain.notifications.usecases import mail_notification
from domain.observations.commands import CreateCrosswalk
from domain.observations.usecases.instruments import create_crosswalk
from domain.privacy.commands import ApplyRetention
from domain.privacy.usecases.retention import apply_retention
from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from domain.scoring.commands import PutConfiguration
from domain.scoring.usecases.configuration import put_configuration
from domain.shared.errors import NotFound, Unavailable


@dataclass(frozen=True, kw_only=True)
class JobHandler:
    """One kind of job: its use case and command, and the URL of its result with fields of the result in braces.

    `staged_member`: the field of the command whose content (a file) is stored beside the job.
    """

    use_case: Callable[..., Awaitable[Any]]
    command: type
    result_url_template: str | None = None
    staged_member: str | None = None

    def parse_command(self, job: RunningJob, staged: bytes | None = None) -> Any:
        """Return the command of `job`: that of the request, else one made from its payload; with the content `staged`.

        Raises `NotFound` when the staged content was deleted because no worker took the job in time.
        """
        document = job.command if job.command is not None else msgspec.json.encode(job.payload)
        if self.staged_member is None:
            return validate_json(self.command, document)
        if staged is None:
            raise NotFound("the file was deleted because no worker took the job in time; send it again")
        payload = msgspec.json.decode(document, type=dict[str, msgspec.Raw]) | {self.staged_member: msgspec.Raw(b'""')}
        return replace(validate_json(self.command, msgspec.json.encode(payload)), **{self.staged_member: staged})

    def result_url(self, answer: Any) -> str | None:
        """Return the URL of the result `answer`, if it has one."""
        return None if self.result_url_template is None else self.result_url_template.format_map(_ResultFields(answer))


class _ResultFields(dict[str, Any]):
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, name: str) -> str:
        return str(getattr(self._answer, name))


class RetryingMailer:
    """Implements `domain.notifications.ports.Mailer`: failures are `Unavailable`, after which the job is retried."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Send one message. Raises `Unavailable`."""
        try:
            await self._mail.send(to=to, subject=subject, text=text)
        except (OSError, SMTPException) as error:
            raise Unavailable("mail cannot be sent now; check MAIL_URL and the mail server") from error


def mail_handlers(mailer: Mailer, link: str) -> Mapping[str, JobHandler]:
    """Return the handler of the kind that mails notifications; its jobs wait for a worker with a mailer."""
    mail = partial(mail_notification, mailer=mailer, link=link)
    return {"mail_notification": JobHandler(use_case=mail, command=MailNotification)}


HANDLERS: Mapping[str, JobHandler] = {
    "create_crosswalk": JobHandler(use_case=create_crosswalk, command=CreateCrosswalk, result_url_template="/v1/crosswalks"),
    "put_configuration": JobHandler(
        use_case=put_configuration, command=PutConfiguration, result_url_template="/v1/configuration?version={version}"
    ),
    "apply_retention": JobHandler(use_case=apply_retention, command=ApplyRetention),
    "import_roster": JobHandler(
        use_case=import_roster, command=ImportRoster, result_url_template="/v1/roster-imports/{id}", staged_member="package"
    ),
}
