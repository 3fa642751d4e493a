"""Erasing a person: what goes, what stays without them, what scores become; and the list of who must not come back."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

from domain.directory.erasure_list import erasure_digests, is_erased
from domain.permissions.rules import authorize, visible_scores
from domain.privacy.commands import ErasePerson, EvidenceAboutOthers, ReadErasurePreview, ReapplyErasures
from domain.privacy.erasure_certificate import Certificate, certificate_bytes, counts_by_table, issue_certificate, table_counts
from domain.privacy.ports import ErasablePerson, PrivacyUnit
from domain.privacy.tally_refresh import Profiles, load_profiles, refresh_tallies
from domain.privacy.views import (
    CertificateView,
    ErasureView,
    EstimateChange,
    EstimatesWithheld,
    EstimatesWithheldReason,
    ReappliedView,
    ScoreFate,
    ScoreImpact,
)
from domain.scoring.views import Score
from domain.shared.access_scope import AccessScope, Permission
from domain.shared.audit import Subject
from domain.shared.context import Context, KeyedDigests
from domain.shared.errors import NotFound
from domain.shared.ids import DistrictId, PersonId
from domain.shared.last_administrator import require_remaining_admin
from domain.shared.legal_holds import ActiveHolds, check_person_legal_holds
from domain.shared.operation import PERSON, operation


@operation(audit_object=PERSON)
async def read_erasure_preview(cmd: ReadErasurePreview, ctx: Context[PrivacyUnit]) -> ErasureView:
    """What erasing the person would delete, anonymise and change in scores. It is done and undone."""
    permission = authorize(ctx.actor, "read_erasure_preview")
    asked = ErasePerson(person_id=cmd.person_id, preview=True, evidence_about_others=cmd.evidence_about_others)
    return await _erase(asked, permission, ctx)


@operation(audit_object=PERSON, idempotency_key=True)
async def erase_person(cmd: ErasePerson, ctx: Context[PrivacyUnit]) -> ErasureView:
    """Erase a person with everything about them, in one transaction; twice is once, with the first certificate again.

    A leader's evidence, scores and initiatives go. What the person said of others stays without them, or goes on request.
    They are put on the erasure list: a roster or a restored backup does not bring them back. Refused under a legal
    hold, and of the last administrator: ``last_admin``.
    """
    permission = authorize(ctx.actor, "erase_person")
    return await _erase(cmd, permission, ctx)


@operation()
async def reapply_erasures(cmd: ReapplyErasures, ctx: Context[PrivacyUnit]) -> ReappliedView:  # noqa: ARG001 - nothing to say
    """Erase once more everybody of the list who is there: after a restore. What they said of others stays without them.

    Every sign-in of the backup ends: among them are those that were ended since. Passwords and second factors stay.
    """
    permission = authorize(ctx.actor, "reapply_erasures")
    async with ctx.open(permission) as unit:
        await unit.erasures.lock_directory()
        await unit.tallies.lock_basis()
        listed = await unit.erasures.erased_digests()
        back: list[PersonId] = []
        if listed:
            async for people in unit.erasures.people():
                back += [p.id for p in people if is_erased(_digests(p, ctx.actor.district_id, ctx.keyed_digests), listed)]
        deleted, _ = await unit.erasures.erase(back, ctx.random_id(), evidence_too=False) if back else ({}, {})
        await unit.erasures.end_all_access(ctx.now())
        await unit.commit()
    return ReappliedView(people=len(back), deleted=table_counts(deleted))


async def _erase(cmd: ErasePerson, permission: Permission, ctx: Context[PrivacyUnit]) -> ErasureView:
    async with ctx.open(permission) as unit:
        await unit.erasures.lock_directory()
        standing = ActiveHolds.of(await unit.holds.all(), ctx.now())
        # Alone, before the person: whoever pushes evidence about them has ended, and finds them no more afterwards.
        await unit.tallies.lock_basis()
        known = await unit.erasures.find(cmd.person_id)
        if known is None:
            return await _erased_before(cmd, unit, ctx)
        judged = await unit.erasures.rated_by([cmd.person_id])
        check_person_legal_holds(cmd.person_id, judged | await unit.erasures.raters_of([cmd.person_id]), standing)
        await require_remaining_admin(unit.grants, cmd.person_id, ctx.actor)
        if cmd.preview:
            # Whoever lends us this unit may commit it: what was tried is undone here.
            await unit.erasures.savepoint()
        view = await _erase_and_rescore(cmd, judged, unit, ctx)
        if cmd.preview:
            await unit.erasures.roll_back()
            # Nothing is left of what was tried: what is kept is that somebody looked.
            await unit.commit()
            return view
        certificate = _issue_certificate(view, cmd, ctx)
        number = UUID(str(certificate.document["number"]))
        digests = _digests(known, ctx.actor.district_id, ctx.current_keyed_digest)
        await unit.erasures.save(number, certificate, digests, ctx.now())
        # The id is nobody's from now on, and stands in the trail with what was done before; the certificate says the rest.
        unit.audit.record(Subject.PERSON, known.id, further_ids=[number])
        await unit.commit()
    return replace(view, certificate=certificate_view(certificate))


async def _erased_before(cmd: ErasePerson, unit: PrivacyUnit, ctx: Context[PrivacyUnit]) -> ErasureView:
    digests = erasure_digests(ctx.actor.district_id, ctx.keyed_digests, person_id=cmd.person_id)
    certificate = await unit.erasures.certificate_of(digests)
    if certificate is None:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    shown = certificate_view(certificate)
    return ErasureView(person_id=cmd.person_id, preview=cmd.preview, deleted=(), anonymised=(), scores=(), certificate=shown)


async def _erase_and_rescore(
    cmd: ErasePerson, rated: AbstractSet[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> ErasureView:
    """Erase, let the tallies of others follow, and say what came of it."""
    removes = cmd.evidence_about_others is EvidenceAboutOthers.REMOVE
    before = await load_profiles({cmd.person_id, *rated}, unit, ctx)
    deleted, forgotten = await unit.erasures.erase([cmd.person_id], ctx.random_id(), evidence_too=removes)
    if removes:
        await refresh_tallies(rated, unit)
    after = await load_profiles({cmd.person_id, *rated}, unit, ctx)
    return ErasureView(
        person_id=cmd.person_id,
        preview=cmd.preview,
        deleted=table_counts(deleted),
        anonymised=table_counts(forgotten),
        scores=score_impacts(before, after, visible_scores(ctx.actor)),
        certificate=None,
    )


def score_impacts(before: Profiles, after: Profiles, visible: AccessScope) -> tuple[ScoreImpact, ...]:
    """What becomes of the scores of everybody who had some; estimates of leaders beyond ``visible`` are withheld."""
    found = (_impact(leader_id, held, after.get(leader_id)) for leader_id, held in before.items() if held is not None)
    return tuple(impact if visible.covers(impact.leader_id) else _withheld(impact) for impact in found)


def _withheld(impact: ScoreImpact) -> ScoreImpact:
    if not impact.estimates:
        return impact
    reason = EstimatesWithheld(reason=EstimatesWithheldReason.SCORES_NOT_VISIBLE, minimum=None)
    return replace(impact, estimates=(), withheld=reason)


def _impact(leader_id: PersonId, before: tuple[Score, ...], after: tuple[Score, ...] | None) -> ScoreImpact:
    if after is None:
        return ScoreImpact(leader_id=leader_id, fate=ScoreFate.GONE, estimates=(), withheld=None)
    differing = tuple(
        EstimateChange(responsibility=old.responsibility, before=old.estimate, after=new.estimate)
        for old, new in zip(before, after, strict=True)
        if old != new
    )
    fate = ScoreFate.CHANGED if differing else ScoreFate.UNCHANGED
    return ScoreImpact(leader_id=leader_id, fate=fate, estimates=differing, withheld=None)


def _issue_certificate(view: ErasureView, cmd: ErasePerson, ctx: Context[PrivacyUnit]) -> Certificate:
    """The person stands in it as a keyed digest of their id: whoever knows the id can have it checked, nobody can read it."""
    subject = erasure_digests(ctx.actor.district_id, ctx.current_keyed_digest, person_id=cmd.person_id)[0]
    return issue_certificate(
        "person",
        ctx.new_id(),
        ctx.actor,
        ctx.now(),
        ctx.keyed_digests,
        subject=subject.hex(),
        evidence_about_others=cmd.evidence_about_others.value,
        deleted=counts_by_table(view.deleted),
        anonymised=counts_by_table(view.anonymised),
    )


def certificate_view(certificate: Certificate) -> CertificateView:
    """``certificate`` as it is given away."""
    return CertificateView(
        number=str(certificate.document["number"]),
        document=certificate_bytes(certificate.document).decode(),
        signature=certificate.signature,
    )


def _digests(person: ErasablePerson, district_id: DistrictId, keyed: KeyedDigests) -> tuple[bytes, ...]:
    """Digests of everything by which the person was ever known here: also of records that were merged into theirs."""
    records = (person, *person.merged_records)
    found = [
        digest
        for record in records
        for digest in erasure_digests(
            district_id, keyed, person_id=record.id, sourced_id=record.sourced_id, identifier=record.identifier
        )
    ]
    return tuple(dict.fromkeys(found))
