"""Accounts. No field takes an idempotency key: some results hold secrets, the others are idempotent."""

import strawberry

from api.graphql.fields import mutation_field, query_field
from domain.accounts.usecases import admin, provider_logout
from domain.accounts.usecases.identity_providers import (
    list_identity_providers,
    put_identity_provider,
    remove_identity_provider,
)


@strawberry.type
class AccountsQuery:
    account = query_field(admin.read_account)
    identity_providers = query_field(list_identity_providers)


@strawberry.type
class AccountsMutation:
    create_sign_in_code = mutation_field(admin.create_sign_in_code)
    deactivate_person = mutation_field(admin.deactivate_person)
    activate_person = mutation_field(admin.activate_person)
    put_break_glass = mutation_field(admin.put_break_glass)
    put_identity_provider = mutation_field(put_identity_provider)
    remove_identity_provider = mutation_field(remove_identity_provider)
    remove_identity_link = mutation_field(provider_logout.remove_identity_link)
