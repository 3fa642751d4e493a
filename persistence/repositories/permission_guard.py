"""Guard of stores of the whole district: they need a permission for the whole district."""

from domain.shared.access_scope import Permission


def require_whole_district(permission: Permission) -> None:
    """Check that `permission` covers the whole district; a use case that fails here forgot to authorize.

    Raises `AssertionError`, a programming error: nothing was read or reported to the caller.
    """
    if not permission.scope.everything:
        raise AssertionError(f"the action {permission.action or 'of nobody'} does not reach the whole district")
