"""Rotate the installation's key: encrypt again, with the current key, what was encrypted with an earlier one."""

from api.security.encryption import AesSecretBox, DecryptionError
from api.settings import Misconfigured
from persistence.database.pool import ConnectionPool
from persistence.operations.reencryption import reencrypt


async def rotate(owner_url: str, keys: tuple[str, ...]) -> dict[str, int]:
    """Encrypt all secrets again with the first of `keys`; return the number of values by column. Idempotent.

    Raises `Misconfigured` when a value was encrypted with none of `keys`; its district stays unchanged.
    """
    box = AesSecretBox(keys)

    def reencrypt_value(purpose: str, name: str, encrypted: bytes) -> bytes | None:
        cipher = box.cipher(purpose)
        try:
            content = cipher.decrypt(name, encrypted)
        except DecryptionError:
            raise Misconfigured(
                f"a value encrypted for {purpose} can be decrypted with none of the keys: put every earlier key into "
                "SECRET_KEY_PREVIOUS and run this again"
            ) from None
        return None if cipher.is_current(encrypted) else cipher.encrypt(name, content)

    async with ConnectionPool(owner_url, size=1) as pool:
        return await reencrypt(pool, reencrypt_value)
