"""How people sign in. Nothing here takes an idempotency key: some answers hold secrets, the others are once by themselves."""

import strawberry

from api.graphql.fields import changes, reads
from domain.accounts.usecases import administering, leaving, providers


@strawberry.type
class AccountsQuery:
    account = reads(administering.read_account)
    identity_providers = reads(providers.list_identity_providers)


@strawberry.type
class AccountsMutation:
    create_sign_in_code = changes(administering.create_sign_in_code, keyed=False)
    deactivate_person = changes(administering.deactivate_person, keyed=False)
    activate_person = changes(administering.activate_person, keyed=False)
    put_break_glass = changes(administering.put_break_glass, keyed=False)
    put_identity_provider = changes(providers.put_identity_provider, keyed=False)
    remove_identity_provider = changes(providers.remove_identity_provider, keyed=False)
    remove_identity_link = changes(leaving.remove_identity_link, keyed=False)
