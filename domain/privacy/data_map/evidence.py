"""The data map of evidence, scores and configuration."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, about, computed, free_text, identifies, plain, refers
from domain.privacy.data_map.model import Does, Link, Loose, OnMerge, Table
from domain.privacy.retention_policy import RetentionKind

OWN_ORIGIN = "the system that pushed it; who may read the leader's scores"
SCORES = "who may read the leader's scores"
EVERYBODY = "who may read observations"
WITH_LEADER = "with the leader, or the district"

TABLES = (
    Table(
        name="push_head",
        purpose="The newest version of what was pushed under a sender's id, so that twice is once.",
        read_by="the service",
        erased="with the thing, or the district",
        loose=Loose(column="id", tables=("observation", "assessment", "initiative", "stakeholder_group")),
        columns=(
            *DISTRICT,
            *plain(
                origin="The pushing system.",
                thing="What kind of thing.",
                external_id="The sender's id of it.",
                id="Our own id of it.",
                version="The newest version.",
                digest="A keyed digest of its content; none when it was taken back, empty when who stood in it was erased.",
            ),
        ),
    ),
    Table(
        name="instrument",
        purpose="Rubrics and forms.",
        read_by=EVERYBODY,
        erased="with the district",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                code="Its code.",
                version="Its version.",
                title="What people call it.",
                origin="The system that created it; none for older ones.",
                elements="Its elements and scales.",
                created_at="When it was kept.",
            ),
        ),
    ),
    Table(
        name="crosswalk",
        purpose="What elements of an instrument say of responsibilities.",
        read_by=EVERYBODY,
        erased="with the district",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                code="Its code.",
                version="Its version.",
                instrument_id="Of which instrument.",
                ordinal="Which version of it; the highest scores.",
                mappings="Element by element.",
                created_at="When it was kept.",
            ),
        ),
    ),
    Table(
        name="observation",
        purpose="Visits, every version as it was pushed.",
        read_by=OWN_ORIGIN,
        erased=f"{WITH_LEADER}; who observed is forgotten with the observer",
        retention=RetentionKind.OBSERVATIONS,
        links=(
            Link(column="leader_id", does=Does.DELETE, on_merge=OnMerge.MOVE),
            Link(column="observer_id", does=Does.FORGET, on_merge=OnMerge.MOVE, also=("observer_name",)),
        ),
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                version="Its version.",
                origin="The pushing system.",
                client_id="The client that pushed it.",
                external_id="The sender's id of it.",
                purpose="Formative.",
            ),
            *refers(leader_id="Who was observed.", observer_id="Who observed."),
            *identifies(observer_name="Who observed, where that is nobody of the district."),
            *about(school_id="Where.", observed_at="When.", setting="In what setting.", announced="Whether it was announced."),
            *about(duration_minutes="How long.", instrument_id="With which instrument."),
            *plain(received_at="When we got it.", superseded_at="When it was replaced or taken back."),
        ),
    ),
    Table(
        name="rating",
        purpose="Ratings of a visit, as written.",
        read_by=OWN_ORIGIN,
        erased="with the visit",
        retention=RetentionKind.OBSERVATIONS,
        columns=(
            *DISTRICT,
            *plain(observation_id="Of which visit.", version="Of which version.", position="Its place."),
            *about(responsibility="Of what.", element="Of which element.", value="The value.", level="The level."),
        ),
    ),
    Table(
        name="feedback",
        purpose="What the observer wrote.",
        read_by=OWN_ORIGIN,
        erased="with the visit, or before it by age",
        retention=RetentionKind.FEEDBACK_TEXT,
        columns=(
            *DISTRICT,
            *plain(observation_id="Of which visit.", version="Of which version.", position="Its place."),
            *about(type="What kind of feedback."),
            *free_text(text="The text."),
        ),
    ),
    Table(
        name="assessment",
        purpose="Self- and supervisor-assessments, every version.",
        read_by=SCORES,
        erased=f"{WITH_LEADER}; an assessor who is erased becomes an id that is nobody's",
        retention=RetentionKind.ASSESSMENTS,
        links=(
            Link(column="leader_id", does=Does.DELETE, on_merge=OnMerge.MOVE),
            Link(column="assessor_id", does=Does.STAND_IN, on_merge=OnMerge.MOVE),
        ),
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                version="Its version.",
                source="Self or supervisor.",
                origin="The pushing system.",
                client_id="The client that pushed it.",
                external_id="The sender's id of it.",
                purpose="Formative.",
            ),
            *refers(leader_id="Who was assessed.", assessor_id="Who assessed."),
            *about(assessed_at="When.", worst="Worst of the scale.", best="Best of the scale."),
            *plain(received_at="When we got it.", superseded_at="When it was replaced or taken back."),
        ),
    ),
    Table(
        name="assessment_rating",
        purpose="Ratings of an assessment, as written.",
        read_by=SCORES,
        erased="with the assessment",
        retention=RetentionKind.ASSESSMENTS,
        columns=(
            *DISTRICT,
            *plain(assessment_id="Of which assessment.", version="Of which version."),
            *about(responsibility="Of what.", value="The value."),
        ),
    ),
    Table(
        name="scoring_basis",
        purpose="What the tallies are built with.",
        read_by="the service",
        erased="with the district",
        columns=(
            *DISTRICT,
            *plain(
                basis="Which basis is in force.",
                configuration_version="Which configuration.",
                half_life_days="How fast evidence fades.",
                landmark="Where decay counts from.",
            ),
        ),
    ),
    Table(
        name="tally",
        purpose="Exact sums from which scores are read.",
        read_by=SCORES,
        erased="with the leader, or the district; follows the evidence",
        links=(Link(column="leader_id", does=Does.DELETE, on_merge=OnMerge.RECOMPUTE),),
        columns=(
            *DISTRICT,
            *refers(leader_id="Whose."),
            *plain(basis="Of which basis."),
            *about(
                responsibility="Of what.",
                source="From whom.",
                fw="Sum of weights.",
                fwx="Weighted sum.",
                n="How many.",
                sum_x="Sum.",
                sum_xx="Sum of squares.",
                newest_at="The newest evidence.",
                occasion="Of which survey.",
                form_c="How much of the form was answered.",
            ),
            *plain(constants="Which configuration it was made with."),
            *computed(
                fw_f="fw as a float.", fwx_f="fwx as a float.", sum_x_f="sum_x as a float.", sum_xx_f="sum_xx as a float."
            ),
        ),
    ),
    Table(
        name="configuration",
        purpose="The district's own versions of the constants.",
        read_by="who may read the configuration",
        erased="with the district",
        columns=(*DISTRICT, *plain(version="Its version.", document="The constants.", created_at="When it was kept.")),
    ),
)
