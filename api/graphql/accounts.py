"""How people sign in. Nothing here takes an idempotency key: some answers hold secrets, the others are once by themselves."""

import strawberry

from api.graphql.fields import changes, reads
from domain.accounts.usecases import admin, provider_logout
from domain.accounts.usecases.identity_providers import (
    list_identity_providers,
    put_identity_provider,
    remove_identity_provider,
)


@strawberry.type
class AccountsQuery:
    account = reads(admin.read_account)
    identity_providers = reads(list_identity_providers)


@strawberry.type
class AccountsMutation:
    create_sign_in_code = changes(admin.create_sign_in_code)
    deactivate_person = changes(admin.deactivate_person)
    activate_person = changes(admin.activate_person)
    put_break_glass = changes(admin.put_break_glass)
    put_identity_provider = changes(put_identity_provider)
    remove_identity_provider = changes(remove_identity_provider)
    remove_identity_link = changes(provider_logout.remove_identity_link)
