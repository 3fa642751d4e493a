"""Stores that belong to the district as a whole are opened by nothing less than a permission for the whole district."""

from domain.shared.access_scope import Permission


def require_whole_district(permission: Permission) -> None:
    """Fail unless `permission` reaches everything of the district: what asks otherwise forgot to authorise.

    Raises `AssertionError`: it is our mistake, nothing was read, and the caller learns nothing of the thing.
    """
    if not permission.scope.everything:
        raise AssertionError(f"the action {permission.action or 'of nobody'} does not reach the whole district")
