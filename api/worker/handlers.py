"""Kinds of jobs, as data: the use case that each runs, and where its result is found."""

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
    """One kind of job: what it runs, the command it says to it, and where the result is (the answer's members in braces).

    ``staged``: the member of the command that was handed over beside the job.
    """

    use_case: Callable[..., Awaitable[Any]]
    command: type
    result_url_template: str | None = None
    staged_member: str | None = None

    def parse_command(self, job: RunningJob, staged: bytes | None = None) -> Any:
        """The command: what was said when the job was asked for, else what its payload names; with what was ``staged``.

        Raises ``NotFound`` where that has waited for too long.
        """
        said = job.command if job.command is not None else msgspec.json.encode(job.payload)
        if self.staged_member is None:
            return validate_json(self.command, said)
        if staged is None:
            raise NotFound("what was sent waited for a worker for too long and was deleted; send it again")
        payload = msgspec.json.decode(said, type=dict[str, msgspec.Raw]) | {self.staged_member: msgspec.Raw(b'""')}
        return replace(validate_json(self.command, msgspec.json.encode(payload)), **{self.staged_member: staged})

    def result_url(self, answer: Any) -> str | None:
        """Where ``answer`` is found."""
        return None if self.result_url_template is None else self.result_url_template.format_map(_ResultFields(answer))


class _ResultFields(dict[str, Any]):
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, name: str) -> str:
        return str(getattr(self._answer, name))


class RetryingMailer:
    """``domain.notifications.ports.Mailer``: what can't be sent now is tried again."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand one mail over. Raises ``Unavailable``."""
        try:
            await self._mail.send(to=to, subject=subject, text=text)
        except (OSError, SMTPException) as error:
            raise Unavailable("no mail can be sent now; look at MAIL_URL and at the mail server") from error


def mail_handlers(mailer: Mailer, link: str) -> Mapping[str, JobHandler]:
    """The kind that mails notifications; without a mailer its jobs wait for a worker that has one."""
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
