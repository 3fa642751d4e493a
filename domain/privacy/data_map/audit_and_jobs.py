"""The data map: what was done, what is to be done, and what people are told: the trail, jobs and notices."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, identifies, plain, refers
from domain.privacy.data_map.model import Does, Link, OnMerge, Table
from domain.privacy.retention_policy import RetentionKind

ADMIN = "who administers the district"
SELF = "the person alone"
WITH_PERSON = "with the person, or the district"
HERE = "tells of this installation"
PERSON = (Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.DELETE),)

TABLES = (
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
            *plain(said="The command, until it is done: instruments, constants and options, nobody's data."),
            *plain(result_url="What came of it.", problems_url="What was wrong.", problem="Why it failed."),
            *plain(created_at="When it was asked.", started_at="When begun.", finished_at="When ended."),
        ),
    ),
    Table(
        name="job_input",
        purpose="Packages of rosters that wait for their import.",
        read_by="the service",
        erased="when its job ends in any way, a week after it came at the latest; with the district",
        retention=RetentionKind.JOB_INPUTS,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *plain(job_id="Of which job."),
            *identifies(content="The package, packed as it came."),
            *plain(created_at="When it came."),
        ),
    ),
    Table(
        name="job_problem",
        purpose="What was wrong with what a job was asked to do.",
        read_by="who asked for it",
        erased="with the job",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *plain(job_id="Of which job.", position="Its place in the list.", pointer="Where: file, line and column."),
            *plain(code="What.", severity="Error or warning.", detail="What to do; quotes no cell, names nobody."),
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
