"""The publications behind the facts, each once.

A citation names the primary publication even where a fact reached us another way; the fact's provenance says so.
"""

from domain.framework.model import Citation

OVERVIEW_2023 = Citation(
    id="mcrel-2023",
    author="McREL International",
    year=2023,
    title="Balanced leadership for student learning: an overview",
    publisher="McREL International",
)
CONNECTING_2007 = Citation(
    id="waters-cameron-2007",
    author="Waters, T., & Cameron, G.",
    year=2007,
    title="The Balanced Leadership Framework: Connecting vision with action",
    publisher="McREL",
    locator="ERIC ED544245",
)
DISTRICT_2006 = Citation(
    id="waters-marzano-2006",
    author="Waters, J. T., & Marzano, R. J.",
    year=2006,
    title="School district leadership that works: The effect of superintendent leadership on student achievement",
    publisher="McREL",
    locator="ERIC ED494270",
)
BOOK_2005 = Citation(
    id="marzano-waters-mcnulty-2005",
    author="Marzano, R. J., Waters, T., & McNulty, B. A.",
    year=2005,
    title="School leadership that works: From research to results",
    publisher="ASCD and McREL",
)
PAPER_2003 = Citation(
    id="waters-marzano-mcnulty-2003",
    author="Waters, T., Marzano, R. J., & McNulty, B.",
    year=2003,
    title="Balanced leadership: What 30 years of research tells us about the effect of leadership on student achievement",
    publisher="McREL",
)
PROGRAMME_PAGE = Citation(
    id="mcrel-programme",
    author="McREL International",
    year=None,
    title="Balanced leadership professional learning (programme page)",
    publisher="McREL International",
)
WWC_2020 = Citation(
    id="wwc-2020",
    author="What Works Clearinghouse",
    year=2020,
    title="Balanced Leadership: intervention snapshot",
    publisher="Institute of Education Sciences, U.S. Department of Education",
)
TRIAL_2015 = Citation(
    id="jacob-et-al-2015",
    author="Jacob, R., Goddard, R., Kim, M., Miller, R., & Goddard, Y.",
    year=2015,
    title="Exploring the causal impact of the McREL Balanced Leadership Program on leadership, principal efficacy, "
    "instructional climate, educator turnover, and student achievement",
    publisher="Educational Evaluation and Policy Analysis",
    locator="37(3), 314-332",
)
VROOM_YETTON_1973 = Citation(
    id="vroom-yetton-1973",
    author="Vroom, V. H., & Yetton, P. W.",
    year=1973,
    title="Leadership and decision-making",
    publisher="University of Pittsburgh Press",
)
EFFICACY_2001 = Citation(
    id="goddard-2001",
    author="Goddard, R. D.",
    year=2001,
    title="Collective efficacy: A neglected construct in the study of schools and student achievement",
    publisher="Journal of Educational Psychology",
    locator="93(3), 467-476",
)
RELIABILITY_2001 = Citation(
    id="weick-sutcliffe-2001",
    author="Weick, K. E., & Sutcliffe, K. M.",
    year=2001,
    title="Managing the unexpected: Assuring high performance in an age of complexity",
    publisher="Jossey-Bass",
)
WALLACE_2021 = Citation(
    id="grissom-egalite-lindsay-2021",
    author="Grissom, J. A., Egalite, A. J., & Lindsay, C. A.",
    year=2021,
    title="How principals affect students and schools: A systematic synthesis of two decades of research",
    publisher="The Wallace Foundation",
)
PSEL_2015 = Citation(
    id="npbea-2015",
    author="National Policy Board for Educational Administration",
    year=2015,
    title="Professional Standards for Educational Leaders 2015",
    publisher="National Policy Board for Educational Administration",
    locator="CC BY-NC-ND; numbers and titles only",
)

ALL: tuple[Citation, ...] = (
    OVERVIEW_2023,
    WALLACE_2021,
    WWC_2020,
    PSEL_2015,
    TRIAL_2015,
    CONNECTING_2007,
    DISTRICT_2006,
    BOOK_2005,
    PAPER_2003,
    EFFICACY_2001,
    RELIABILITY_2001,
    VROOM_YETTON_1973,
    PROGRAMME_PAGE,
)
"""Every publication that any fact names, newest first, undated last."""
