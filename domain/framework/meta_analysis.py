"""What the 21 correlations say together, and what they do not (FRAMEWORK 3)."""

from dataclasses import dataclass

from domain.framework import citations
from domain.framework.model import Citation, Provenance


@dataclass(frozen=True, kw_only=True)
class MetaAnalysis:
    """One of the two syntheses behind the effect sizes: its size, and r over all responsibilities (FRAMEWORK 3.1)."""

    code: str
    studies: int
    schools: int
    students: int
    overall_r: float
    studies_provenance: Provenance
    sample_provenance: Provenance
    overall_r_provenance: Provenance
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class PooledStatistics:
    """What the 21 correlations say together (FRAMEWORK 3.3): pooled by Fisher z with weights N - 3.

    ``q`` is heterogeneity on ``df`` degrees of freedom with tail probability ``q_p``; ``tau2`` and ``i2`` are the spread left
    once sampling error is taken off. Read the caveats with it.
    """

    simple_mean: float
    sd: float
    pooled_r: float
    q: float
    df: int
    q_p: float
    tau2: float
    i2: float
    provenance: Provenance
    caveats: tuple[str, ...]
    citations: tuple[Citation, ...]


META_ANALYSES: tuple[MetaAnalysis, ...] = (
    MetaAnalysis(
        code="2003",
        studies=70,
        schools=2894,
        students=1_100_000,
        overall_r=0.25,
        studies_provenance=Provenance.SECONDARY,
        sample_provenance=Provenance.SECONDARY,
        overall_r_provenance=Provenance.SECONDARY,
        citations=(citations.PAPER_2003,),
    ),
    MetaAnalysis(
        code="2005",
        studies=69,
        schools=2802,
        students=1_400_000,
        overall_r=0.25,
        studies_provenance=Provenance.PUBLISHED,
        sample_provenance=Provenance.RECALLED,
        overall_r_provenance=Provenance.SECONDARY,
        citations=(citations.BOOK_2005, citations.PROGRAMME_PAGE),
    ),
)
"""The two syntheses."""

POOLED = PooledStatistics(
    simple_mean=0.2410,
    sd=0.0349,
    pooled_r=0.2379,
    q=10.4752,
    df=20,
    q_p=0.9587,
    tau2=0.0,
    i2=0.0,
    provenance=Provenance.COMPUTED,
    caveats=(
        "The 21 correlations cannot be told apart statistically, so they do not rank your priorities.",
        "The same studies feed several responsibilities; the correlations are not independent and Q is only indicative.",
        (
            "In the studies pooled here, schools whose leaders were rated one SD higher also had somewhat higher achievement "
            "(r about .24); this does not show that raising a rating raises achievement."
        ),
        "The one randomised trial of the programme that we found reported no effect on achievement.",
        "The interval of situational_awareness is as printed in 2005 (.11 to .51); its r and its 91 schools give .13 to .50.",
    ),
    citations=(citations.BOOK_2005, citations.OVERVIEW_2023, citations.TRIAL_2015),
)
"""Pooled by Fisher z with weights N - 3; the tests compute it anew from the rows."""
