"""Secrets that stand in addresses: long, kept only as a hash, and yet to be written into a mail again.

A row keeps a random salt and the hash of its secret. The secret is an HMAC of the salt under the server's SECRET_KEY:
256 bits that nobody can compute from the database alone. So a reminder months later carries the same address as the
invitation, and no secret lies anywhere. When SECRET_KEY is changed, addresses sent before still open (the hash holds);
`derive` then gives another secret, `fits` says so, and the caller makes a new row.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def new_salt() -> str:
    """Return a fresh random salt of 43 characters."""
    return secrets.token_urlsafe(32)


def derive(purpose: str, salt: str) -> str:
    """Return the secret of a salt, 43 characters that fit into an address. `purpose` keeps kinds of secrets apart."""
    key = hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, salt.encode(), "sha256")).rstrip(b"=").decode()


def hash_of(secret: str) -> str:
    """Return what is kept of a secret. A plain hash will do: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fits(secret: str, secret_hash: str) -> bool:
    """Say whether this is the secret whose hash was kept."""
    return hmac.compare_digest(hash_of(secret), secret_hash)
