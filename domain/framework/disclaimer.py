"""What is said beside every answer that shows the framework: whose it is, and what it is not for (METHOD 1.5)."""

VERSION = "2023.1"
"""The version of these data: the framework as published in 2023, our first edition of it."""

NOTICE = (
    "Not affiliated with, nor endorsed by, McREL International. Balanced Leadership, What Matters Most and other names are "
    "marks of McREL International and are used only to say which published research this rests on; definitions, practices "
    "and items are in our own words. Formative use only: not for evaluating staff, nor for decisions on contract or pay. "
    "The correlations do not show that raising a rating raises achievement. "
    "Phase mapping, weights and thresholds are our working rule (inferred); editable; not validated."
)
"""Goes with the framework's pages, profiles and advice."""
