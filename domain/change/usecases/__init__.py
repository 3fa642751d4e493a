"""What leaders do with changes. One function each; the transaction is theirs."""

from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases

__all__ = [
    "create_group",
    "create_initiative",
    "edit_group",
    "edit_initiative",
    "list_groups",
    "list_initiatives",
    "put_estimate",
    "put_phases",
    "put_pulse",
    "read_group",
    "read_initiative",
    "read_magnitude",
    "read_magnitudes",
    "read_phases",
]
