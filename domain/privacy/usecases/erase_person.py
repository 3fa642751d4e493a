"""Erase a person, rescore others, and maintain the erasure list."""

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
    """Return what erasing the person would delete, anonymise and change in scores; the erasure is rolled back."""
    permission = authorize(ctx.actor, "read_erasure_preview")
    erasure = ErasePerson(person_id=cmd.person_id, preview=True, evidence_about_others=cmd.evidence_about_others)
    return await _erase(erasure, permission, ctx)


@operation(audit_object=PERSON, idempotency_key=True)
async def erase_person(cmd: ErasePerson, ctx: Context[PrivacyUnit]) -> ErasureView:
    """Erase a person and all data about them in one transaction. Idempotent: a retry returns the first certificate.

    A leader's evidence, scores and initiatives are deleted. Evidence by the person about others is anonymised, or deleted on
    request. The person is added to the erasure list, so that no roster or restored backup brings them back. Raises an error
    under a legal hold, and `last_admin` for the last administrator.
    """
    permission = authorize(ctx.actor, "erase_person")
    return await _erase(cmd, permission, ctx)


@operation()
async def reapply_erasures(cmd: ReapplyErasures, ctx: Context[PrivacyUnit]) -> ReappliedView:  # noqa: ARG001 - no fields
    """Erase the people on the erasure list again, after a restore. Their evidence about others is anonymised.

    All sign-ins of the backup are revoked, as some may have been revoked since. Passwords and second factors stay.
    """
    permission = authorize(ctx.actor, "reapply_erasures")
    async with ctx.open(permission) as unit:
        await unit.erasures.lock_directory()
        await unit.tallies.lock_basis()
        erased = await unit.erasures.erased_digests()
        returned: list[PersonId] = []
        if erased:
            async for people in unit.erasures.people():
                returned += [p.id for p in people if is_erased(_digests(p, ctx.actor.district_id, ctx.keyed_digests), erased)]
        deleted, _ = await unit.erasures.erase(returned, ctx.random_id(), evidence_too=False) if returned else ({}, {})
        await unit.erasures.end_all_access(ctx.now())
        await unit.commit()
    return ReappliedView(people=len(returned), deleted=table_counts(deleted))


async def _erase(cmd: ErasePerson, permission: Permission, ctx: Context[PrivacyUnit]) -> ErasureView:
    async with ctx.open(permission) as unit:
        await unit.erasures.lock_directory()
        holds = ActiveHolds.of(await unit.holds.all(), ctx.now())
        # Exclusive, before the person is read: pushes about the person have ended, and later ones do not find the person.
        await unit.tallies.lock_basis()
        person = await unit.erasures.find(cmd.person_id)
        if person is None:
            return await _erased_before(cmd, unit, ctx)
        rated = await unit.erasures.rated_by([cmd.person_id])
        check_person_legal_holds(cmd.person_id, rated | await unit.erasures.raters_of([cmd.person_id]), holds)
        await require_remaining_admin(unit.grants, cmd.person_id, ctx.actor)
        if cmd.preview:
            # Rolled back here, as the caller may commit this transaction.
            await unit.erasures.savepoint()
        view = await _erase_and_rescore(cmd, rated, unit, ctx)
        if cmd.preview:
            await unit.erasures.roll_back()
            # Commits only the audit entry of the preview.
            await unit.commit()
            return view
        certificate = _issue_certificate(view, cmd, ctx)
        number = UUID(str(certificate.document["number"]))
        digests = _digests(person, ctx.actor.district_id, ctx.current_keyed_digest)
        await unit.erasures.save(number, certificate, digests, ctx.now())
        # The audit log may keep the id, which belongs to no person from now on; the certificate has the rest.
        unit.audit.record(Subject.PERSON, person.id, further_ids=[number])
        await unit.commit()
    return replace(view, certificate=certificate_view(certificate))


async def _erased_before(cmd: ErasePerson, unit: PrivacyUnit, ctx: Context[PrivacyUnit]) -> ErasureView:
    digests = erasure_digests(ctx.actor.district_id, ctx.keyed_digests, person_id=cmd.person_id)
    certificate = await unit.erasures.certificate_of(digests)
    if certificate is None:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    view = certificate_view(certificate)
    return ErasureView(person_id=cmd.person_id, preview=cmd.preview, deleted=(), anonymised=(), scores=(), certificate=view)


async def _erase_and_rescore(
    cmd: ErasePerson, rated: AbstractSet[PersonId], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> ErasureView:
    """Erase the person, recompute the tallies of others, and return the result."""
    removes = cmd.evidence_about_others is EvidenceAboutOthers.REMOVE
    before = await load_profiles({cmd.person_id, *rated}, unit, ctx)
    deleted, anonymised = await unit.erasures.erase([cmd.person_id], ctx.random_id(), evidence_too=removes)
    if removes:
        await refresh_tallies(rated, unit)
    after = await load_profiles({cmd.person_id, *rated}, unit, ctx)
    return ErasureView(
        person_id=cmd.person_id,
        preview=cmd.preview,
        deleted=table_counts(deleted),
        anonymised=table_counts(anonymised),
        scores=score_impacts(before, after, visible_scores(ctx.actor)),
        certificate=None,
    )


def score_impacts(before: Profiles, after: Profiles, visible: AccessScope) -> tuple[ScoreImpact, ...]:
    """Return the changes of all scores in `before`; estimates of leaders outside `visible` are withheld."""
    impacts = (_impact(leader_id, scores, after.get(leader_id)) for leader_id, scores in before.items() if scores is not None)
    return tuple(impact if visible.covers(impact.leader_id) else _withheld(impact) for impact in impacts)


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
    """Return a certificate with a keyed digest of the person's id, which can be verified by the id but not reversed."""
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
    """Return the response for `certificate`."""
    return CertificateView(
        number=str(certificate.document["number"]),
        document=certificate_bytes(certificate.document).decode(),
        signature=certificate.signature,
    )


def _digests(person: ErasablePerson, district_id: DistrictId, keyed: KeyedDigests) -> tuple[bytes, ...]:
    """Return the digests of all identifiers of the person, including records that were merged into theirs."""
    records = (person, *person.merged_records)
    digests = [
        digest
        for record in records
        for digest in erasure_digests(
            district_id, keyed, person_id=record.id, sourced_id=record.sourced_id, identifier=record.identifier
        )
    ]
    return tuple(dict.fromkeys(digests))
