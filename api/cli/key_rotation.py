"""Rotating the installation's key: everything sealed under an earlier one is sealed anew under the current one."""

from api.security.encryption import AesSecretBox, DecryptionError
from api.settings import Misconfigured
from persistence.database.pool import ConnectionPool
from persistence.operations.reencryption import reencrypt


async def rotate(owner_url: str, keys: tuple[str, ...]) -> dict[str, int]:
    """Seal everything anew under the first of `keys`; how many values, by column. Twice the same is harmless.

    Raises `Misconfigured` when something is sealed under none of `keys`; its district stays as it was.
    """
    box = AesSecretBox(keys)

    def reencrypt_value(purpose: str, name: str, sealed: bytes) -> bytes | None:
        seal = box.cipher(purpose)
        try:
            content = seal.decrypt(name, sealed)
        except DecryptionError:
            raise Misconfigured(
                f"something sealed for {purpose} is under none of the keys given: name every earlier key in "
                "SECRET_KEY_PREVIOUS and run this again"
            ) from None
        return None if seal.is_current(sealed) else seal.encrypt(name, content)

    async with ConnectionPool(owner_url, size=1) as pool:
        return await reencrypt(pool, reencrypt_value)
