"""The data map of who may what, how people sign in, what apps they let in, jobs, notices and the trail."""

from domain.privacy.columns import DISTRICT, OWN_ID, about, free_text, identifies, plain, refers, sealed, secret
from domain.privacy.model import Does, Link, Table

ADMIN = "who administers the district"
SELF = "the person alone"
SERVICE = "the service"
WITH_PERSON = "with the person, or the district"
NO_SECRETS = "holds secrets; people are given a new sign-in code where the district goes"
HERE = "tells of this installation"
PERSON = (Link(column="person_id", does=Does.DELETE),)


def _both(*columns: str) -> tuple[Link, ...]:
    return tuple(Link(column=column, does=Does.DELETE) for column in columns)


_HOLDINGS = (
    Table(
        name="role_grant",
        purpose="Roles given by hand: administration, research, supervision, coaching.",
        read_by=ADMIN,
        erased=WITH_PERSON,
        links=PERSON,
        columns=(
            *DISTRICT,
            *refers(person_id="Who holds it."),
            *about(role="Which."),
            *plain(granted_at="Since when.", granted_by="Who gave it, as kind and id."),
        ),
    ),
    Table(
        name="supervision",
        purpose="Who supervises whom.",
        read_by=ADMIN,
        erased="with either person, or the district",
        links=_both("supervisor_id", "leader_id"),
        columns=(*DISTRICT, *refers(supervisor_id="Who supervises.", leader_id="Whom."), *plain(since="Since when.")),
    ),
    Table(
        name="sharing",
        purpose="To whom a leader shows what is about them.",
        read_by="the two people",
        erased="with either person, or the district",
        links=_both("leader_id", "coach_id"),
        columns=(
            *DISTRICT,
            *refers(leader_id="Who shares.", coach_id="With whom."),
            *plain(shared_at="Since when.", until="Last day."),
        ),
    ),
    Table(
        name="support_consent",
        purpose="Who may act in somebody's place, for minutes.",
        read_by="the two people",
        erased="with either person, or the district",
        links=_both("person_id", "supporter_id"),
        travels=False,
        why_not="over within hours",
        columns=(
            *DISTRICT,
            *refers(person_id="In whose place.", supporter_id="Who may act."),
            *plain(given_at="Since when.", until="Until when."),
        ),
    ),
    Table(
        name="private_note",
        purpose="Notes that their author alone sees.",
        read_by=SELF,
        erased="with the author, the leader it is about, or the district",
        links=_both("author_id", "leader_id"),
        travels=False,
        why_not="nobody but the author may read them, whoever holds the package included",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *refers(author_id="Whose.", leader_id="About whom."),
            *free_text(text="The note."),
            *plain(version="Its version.", created_at="When it was written.", changed_at="When it was written last."),
        ),
    ),
    Table(
        name="person_merge",
        purpose="Records that were found to be another person's, so that a roster which names both means one.",
        read_by=SERVICE,
        erased="with the person kept, or the district",
        links=_both("kept_id"),
        columns=(
            *DISTRICT,
            *plain(merged_id="The id that is no more."),
            *refers(kept_id="Whose record it was."),
            *identifies(sourced_id="What the roster called it."),
            *plain(merged_at="When."),
        ),
    ),
)

_WAYS_IN = (
    Table(
        name="account",
        purpose="How a person signs in.",
        read_by=f"{SERVICE}; {ADMIN}: whether there is one",
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(
            *DISTRICT,
            *refers(person_id="Whose."),
            *identifies(username="The name to sign in with.", username_folded="The same, letter case ignored."),
            *secret(password_hash="Argon2id of the password."),  # noqa: S106 - tells of the column
            *plain(
                break_glass="Whether it opens when single sign-on is the only way.",
                second_factor_waived="Whether a password alone does.",
                deactivated_at="Since when it is closed.",
            ),
            *sealed(totp_sealed="The seed of the second factor."),
            *plain(totp_confirmed_at="Since when it is asked.", totp_last_step="The last code used."),
        ),
    ),
    Table(
        name="account_code",
        purpose="One-time codes and letters with which a password is set.",
        read_by=SERVICE,
        erased="when used or over; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(
            *DISTRICT,
            *secret(code_sha256="SHA-256 of it."),
            *refers(person_id="For whom."),
            *plain(purpose="What for.", expires_at="Until when."),
        ),
    ),
    Table(
        name="recovery_code",
        purpose="Codes for who lost the second factor.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(*DISTRICT, *refers(person_id="Whose."), *secret(code_sha256="SHA-256 of it.")),
    ),
    Table(
        name="browser_session",
        purpose="Browsers that are signed in.",
        read_by=SERVICE,
        erased="a day after sign-in; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(token_sha256="SHA-256 of the cookie."),  # noqa: S106 - tells of the column
            *refers(person_id="Who."),
            *plain(stage="How far they are.", methods="How they signed in.", signed_in_at="When.", seen_at="When last seen."),
        ),
    ),
    Table(
        name="sign_in_tries",
        purpose="Failed tries, so that guessing takes long.",
        read_by=SERVICE,
        erased="a day after the last; with the district",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(subject="A digest of the name or address that tried."),
            *plain(failures="How many.", last_at="When last.", next_at="When again."),
        ),
    ),
    Table(
        name="identity_provider",
        purpose="Single sign-on of the district.",
        read_by=ADMIN,
        erased="with the district",
        travels=False,
        why_not="its secret can't travel; it is configured again where the district goes",
        columns=(
            *DISTRICT,
            *plain(code="Its code.", kind="Whose product.", name="What the page calls it.", issuer="Its address."),
            *plain(client_id="What we are called there."),
            *sealed(secret_sealed="Our secret there."),  # noqa: S106 - tells of the column
            *plain(
                tenants="Which of its customers are let in.",
                claim="What it tells of a person.",
                roster_field="What of the roster that is.",
                exclusive="Whether it is the only way in.",
                active="Whether it is used.",
                version="Its version.",
            ),
        ),
    ),
    Table(
        name="identity_link",
        purpose="Whom a provider means by whom.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        columns=(
            *DISTRICT,
            *plain(issuer="Which provider."),
            *identifies(subject="The person's id there."),
            *refers(person_id="Who that is."),
            *plain(linked_at="Since when.", id="Our own id of the link."),
            *secret(sids="SHA-256 of their last sessions there."),
            *plain(ended_at="Until when the provider ended what it vouched for."),
        ),
    ),
    Table(
        name="logout_token",
        purpose="A provider's word that somebody's sign-ins end, so that it counts once.",
        read_by=SERVICE,
        erased="when it expires, within a day; with the district",
        travels=False,
        why_not=HERE,
        columns=(*DISTRICT, *secret(jti_sha256="SHA-256 of its id."), *plain(expires_at="Until when it would count.")),
    ),
)

_APPS = (
    Table(
        name="session",
        purpose="Apps that a person let in, one for each device.",
        read_by=SELF,
        erased="180 days after it began; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *refers(person_id="Who."),
            *plain(client_id="Which app.", client_name="What it is called."),
            *about(device="The kind of device."),
            *plain(
                scopes="What it may do.",
                auth_time="When they signed in.",
                methods="How.",
                created_at="Since when.",
                used_at="When last used.",
                idle_until="Until when if it is not used.",
                absolute_until="Until when at most.",
                revoked_at="When it was ended.",
            ),
        ),
    ),
    Table(
        name="refresh_token",
        purpose="Tokens with which an app goes on.",
        read_by=SERVICE,
        erased="with the session",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of it."),
            *plain(session_id="Of which session.", issued_at="When.", replaced_at="When it was used."),
        ),
    ),
    Table(
        name="authorization_request",
        purpose="What an app asks while a person decides.",
        read_by=SERVICE,
        erased="within minutes; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of its name.", browser_sha256="SHA-256 of the browser's cookie."),
            *refers(person_id="Who decides."),
            *plain(client_id="Which app.", parameters="What it asks for.", expires_at="Until when."),
        ),
    ),
    Table(
        name="authorization_code",
        purpose="Codes that an app changes for tokens.",
        read_by=SERVICE,
        erased="with the session, the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of it."),
            *refers(person_id="Whose."),
            *plain(client_id="Which app.", redirect_uri="Where it went.", scopes="What for.", challenge="PKCE's."),
            *about(device="The kind of device."),
            *plain(
                nonce="The app's.",
                auth_time="When they signed in.",
                methods="How.",
                expires_at="Until when.",
                used_at="When it was used.",
                session_id="What came of it.",
            ),
        ),
    ),
    Table(
        name="consent",
        purpose="Apps that need not ask again.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *refers(person_id="Who."),
            *plain(client_id="Which app.", scopes="What it may ask for.", granted_at="Since when."),
        ),
    ),
    Table(
        name="initial_access_token",
        purpose="With which clients register themselves.",
        read_by=ADMIN,
        erased="with the district",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *secret(sha256="SHA-256 of it."),
            *plain(
                name="What for.",
                scopes="What such a client may hold.",
                created_by="Who made it, as kind and id.",
                created_at="When.",
                expires_at="Until when.",
                revoked_at="When it was ended.",
            ),
        ),
    ),
)

_HAPPENED = (
    Table(
        name="audit_event",
        purpose="What was done and read: ids, no names.",
        read_by=ADMIN,
        erased="by age, in whole blocks; with the district",
        travels=False,
        why_not="exported with its proofs by evenkeel audit export",
        columns=(
            *DISTRICT,
            *plain(position="Its transaction.", id="Its id.", at="When.", actor_kind="Machine, person or operator."),
            *plain(actor_id="Who, as an id.", client_id="With which app.", session_id="Of which session."),
            *plain(supporter_id="Who acted in their place, as an id.", action="What.", object_kind="To what kind of thing."),
            *plain(object_id="To which, as an id.", further_ids="What else was touched.", count="How many."),
            *plain(before="A keyed digest of the state before.", after="And after.", outcome="How it ended."),
            *plain(code="Why it was refused.", request_id="By which request."),
        ),
    ),
    Table(
        name="audit_block",
        purpose="Seals of the trail.",
        read_by=ADMIN,
        erased="with the district",
        travels=False,
        why_not="exported with its proofs by evenkeel audit export",
        columns=(
            *DISTRICT,
            *plain(number="Its number.", from_position="From which transaction.", until_position="Until which."),
            *plain(count="How many rows.", first_at="The first.", last_at="The last.", leaves="Digests of the rows."),
            *plain(previous="The digest before.", digest="Its digest.", key_id="Signed by which key.", signature="How."),
            *plain(sealed_at="When.", cut_at="When its rows had had their time."),
        ),
    ),
    Table(
        name="job",
        purpose="Work that outlives a request.",
        read_by="who asked for it",
        erased="30 days after its end; with the district",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(kind="What.", state="How far.", progress="The same as a number.", attempts="How often it was begun."),
            *plain(
                requester_kind="Who asked.",
                requester_id="Their id.",
                client_id="With which app.",
                session_id="Of which session.",
            ),
            *plain(scopes="What they might then.", payload="Ids it is about.", entry="Its place in the queue."),
            *plain(said="The command, until it is done: instruments and constants, nobody's data."),
            *plain(result_url="What came of it.", problems_url="What was wrong.", problem="Why it failed."),
            *plain(created_at="When it was asked.", started_at="When begun.", finished_at="When ended."),
        ),
    ),
    Table(
        name="notification",
        purpose="That something is new: a kind and an id.",
        read_by=SELF,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *refers(person_id="For whom."),
            *plain(kind="What.", object_kind="About what kind of thing.", object_id="Which.", listed="Whether in the inbox."),
            *plain(created_at="When.", read_at="When it was read."),
        ),
    ),
    Table(
        name="notification_preference",
        purpose="By which channels a person is told.",
        read_by=SELF,
        erased=WITH_PERSON,
        links=PERSON,
        columns=(
            *DISTRICT,
            *refers(person_id="Whose."),
            *plain(kind="Of what.", inbox="In the inbox.", mail="By mail."),
        ),
    ),
)

TABLES = (*_HOLDINGS, *_WAYS_IN, *_APPS, *_HAPPENED)
