"""The certificate of this process, and what it signs and verifies: tokens of calls, and signatures of events."""

import base64
import datetime
import json
import re
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

LEEWAY_S = 15
MAX_CHAIN = 4
SPIFFE_ID = re.compile(r"^spiffe://([a-z0-9._-]+)/([A-Za-z0-9._-]+)$")
UNDERSTOOD = {
    x509.KeyUsage.oid,
    x509.SubjectAlternativeName.oid,
    x509.BasicConstraints.oid,
    x509.CertificatePolicies.oid,
    x509.ExtendedKeyUsage.oid,
}


class Untrusted(Exception):
    """Why something that is signed is not accepted. For the log, not for callers."""


class Identity:
    """The files tls.crt, tls.key and ca.crt of a folder, which are replaced before the certificate expires."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._lock = threading.Lock()
        self._stamp = None
        self.refresh()

    def refresh(self):
        """Reads the files if they were replaced. Returns whether they were."""
        with self._lock:
            paths = [self._folder / name for name in ("tls.crt", "tls.key", "ca.crt")]
            stamp = [path.stat().st_mtime_ns for path in paths]
            if stamp == self._stamp:
                return False
            cert, key, ca = (path.read_bytes() for path in paths)
            certificates = load_pem_certificates(cert)
            private_key = load_pem_private_key(key, password=None)
            if not isinstance(private_key.public_key(), ec.EllipticCurvePublicKey) or private_key.key_size != 256:
                raise ValueError("the key must be of the curve P-256")
            self.trust_domain, self.name = spiffe_ids(certificates[0])[0]
            self.files = (cert, key, ca)
            self._chain = [one for one in certificates if one.issuer != one.subject]
            self._key = private_key
            self._authorities = load_pem_certificates(ca)
            self._stamp = stamp
            return True

    def sign(self, kind, claims):
        """Returns a JWT with claims, and the certificate by which others verify it."""
        chain = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in self._chain]
        claims = {
            **claims,
            "iss": f"spiffe://{self.trust_domain}/{self.name}",
            "aud": f"spiffe://{self.trust_domain}",
            "iat": int(time.time()),
        }
        signed = f"{encode_json({'alg': 'ES256', 'typ': kind, 'x5c': chain})}.{encode_json(claims)}"
        r, s = utils.decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def verify(self, token, kind):
        """Returns the claims of a JWT and the name of the process that signed it. It must have been valid when it was signed.

        Raises Untrusted."""
        try:
            header, claims, signature = token.split(".")
            return self._verified(token.rpartition(".")[0], decode_json(header), decode_json(claims), decode(signature), kind)
        except Untrusted:
            raise
        except (AttributeError, InvalidSignature, KeyError, TypeError, ValueError) as error:
            raise Untrusted(f"it is malformed or forged: {type(error).__name__}") from error

    def _verified(self, signed, header, claims, signature, kind):
        if header["alg"] != "ES256" or header["typ"] != kind:
            raise Untrusted("it is of another kind")
        leaf = self._trusted_leaf([x509.load_der_x509_certificate(base64.b64decode(der)) for der in header["x5c"]], claims["iat"])
        if not isinstance(leaf.public_key(), ec.EllipticCurvePublicKey) or len(signature) != 64:
            raise Untrusted("its key is of another kind")
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        leaf.public_key().verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
        trust_domain, name = SPIFFE_ID.match(claims["iss"]).groups()
        if (trust_domain, name) not in spiffe_ids(leaf) or trust_domain != self.trust_domain:
            raise Untrusted("its issuer is not the one of its certificate")
        if claims["aud"] != f"spiffe://{self.trust_domain}":
            raise Untrusted("it is for another mesh")
        if claims["iat"] > time.time() + LEEWAY_S:
            raise Untrusted("it was issued in the future")
        return claims, name

    def _trusted_leaf(self, chain, issued_at):
        """Returns the first certificate of a chain that leads to an authority, and was valid at a time."""
        if not 1 <= len(chain) <= MAX_CHAIN:
            raise Untrusted("its chain of certificates is too long or empty")
        authority = next((one for one in self._authorities if is_issued_by(chain[-1], one)), None)
        if authority is None:
            raise Untrusted("its certificate is of an unknown authority")
        whole = [*chain, authority]
        if not all(is_issued_by(one, issuer) for one, issuer in zip(whole, whole[1:])):
            raise Untrusted("its chain of certificates is broken")
        for below, one in enumerate(whole):
            check_extensions(one, below)
            start, end = validity(one)
            if not start - LEEWAY_S <= issued_at <= end:
                raise Untrusted("a certificate was not valid at its time")
        return chain[0]


def check_extensions(certificate, below):
    """Raises Untrusted unless a certificate may be used at its place. @param below the number of certificates before it"""
    for extension in certificate.extensions:
        if extension.oid == x509.NameConstraints.oid or (extension.critical and extension.oid not in UNDERSTOOD):
            raise Untrusted("a certificate has an extension that is not understood")
    constraints = extension_of(certificate, x509.BasicConstraints)
    usage = extension_of(certificate, x509.KeyUsage)
    is_authority = constraints is not None and constraints.ca
    if below == 0:
        if is_authority or (usage and not usage.digital_signature):
            raise Untrusted("its certificate is not for signatures")
        return
    is_too_long = is_authority and constraints.path_length is not None and below - 1 > constraints.path_length
    if not is_authority or is_too_long or (usage and not usage.key_cert_sign):
        raise Untrusted("a certificate was issued by one that is not an authority")


def extension_of(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_issued_by(certificate, issuer):
    """Returns whether an authority with a key of elliptic curves signed a certificate."""
    if certificate.issuer != issuer.subject or not isinstance(issuer.public_key(), ec.EllipticCurvePublicKey):
        return False
    try:
        algorithm = ec.ECDSA(certificate.signature_hash_algorithm)
        issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, algorithm)
        return True
    except InvalidSignature:
        return False


def validity(certificate):
    """Returns when a certificate begins and ends, in seconds since the epoch."""
    utc = datetime.timezone.utc
    times = (certificate.not_valid_before, certificate.not_valid_after)
    return [time.replace(tzinfo=utc).timestamp() for time in times]


def spiffe_ids(certificate):
    """Returns the trust domain and the name of each SPIFFE id of a certificate."""
    names = extension_of(certificate, x509.SubjectAlternativeName)
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
    return [match.groups() for match in map(SPIFFE_ID.match, uris) if match]


def load_pem_certificates(pem):
    parts = re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", pem, re.DOTALL)
    return [x509.load_pem_x509_certificate(part) for part in parts]


def encode(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode_json(value):
    return encode(json.dumps(value, separators=(",", ":")).encode())


def decode_json(text):
    return json.loads(decode(text))
