"""A certificate authority that lives as long as the process, for the vendor's hosts alone."""

from __future__ import annotations

import functools
import logging
import re
import ssl
from pathlib import Path

import trustme

from mock_server.vendor_names import DOMAINS, is_vendor

_MOST_CONTEXTS = 64
_MOST_TOLD = 64
_LONGEST_NAME = 253
_DOTS_OF_WILDCARDS = 2  # "*.runcomfy.net" covers one label
_LABELS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]+")
_ALONE = "runcomfy-mock answers the vendor's hosts alone (*.runcomfy.net and *.runcomfy.com)"

log = logging.getLogger("runcomfy_mock")


class Authority:
    """The authority's key is in memory alone; a server's key is in a file, 0600, while OpenSSL reads it."""

    def __init__(self, folder: Path) -> None:
        """Make keys and certificates, and write the authority's certificate to ``folder``. Raises ``OSError``."""
        self._folder = folder
        self._told: set[str] = set()
        self._authority = trustme.CA(
            path_length=0,
            organization_name="runcomfy-mock",
            organization_unit_name="valid while one fake runs",
        )
        self.ca_file = folder / "runcomfy-mock-ca.pem"
        self.ca_file.write_bytes(self._authority.cert_pem.bytes())
        self._deep = functools.lru_cache(_MOST_CONTEXTS)(self._context)
        self.context = self._context(*DOMAINS, *(f"*.{domain}" for domain in DOMAINS))
        """For a listener: it fits every host of the vendor by the name that the client asks for."""
        self.context.sni_callback = self._choose

    def context_for(self, name: str) -> ssl.SSLContext:
        """Return a server's context whose certificate fits a host of the vendor.

        Raises ``ValueError`` where it is none, or no name that a certificate can have.
        """
        if len(name) > _LONGEST_NAME or not is_vendor(name) or not _LABELS.fullmatch(name):
            raise ValueError(f"{name[:_LONGEST_NAME]!r} is no host of the vendor")
        return self._deep(name) if name.count(".") > _DOTS_OF_WILDCARDS else self.context

    def _context(self, *names: str) -> ssl.SSLContext:
        certificate = self._authority.issue_cert(*names, organization_name="runcomfy-mock")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        with certificate.private_key_and_cert_chain_pem.tempfile(str(self._folder)) as path:
            context.load_cert_chain(path)
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> int | None:
        """Take the certificate by the name that a client asks for; one that asks for none gets the common one."""
        try:
            connection.context = self.context if name is None else self.context_for(name.lower().rstrip("."))
        except (OSError, ValueError) as error:
            self._tell(name or "", error)
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        return None

    def _tell(self, name: str, error: OSError | ValueError) -> None:
        """Say once a host that it was refused, and why; of many hosts, the first ones."""
        if name in self._told or len(self._told) >= _MOST_TOLD:
            return
        self._told.add(name)
        why = "no certificate can have this name" if is_vendor(name.lower().rstrip(".")) else _ALONE
        log.warning(
            "TLS for %s is refused: %s",
            ascii(name[:_LONGEST_NAME]),
            f"its certificate cannot be made: {error.strerror}" if isinstance(error, OSError) else why,
        )
