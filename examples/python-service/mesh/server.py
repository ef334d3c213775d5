"""The gRPC server of a service: mutual TLS, health, callers and the customers that they call for, and errors with reasons."""

import logging
import time
from concurrent import futures

import grpc

from .identity import LEEWAY_S, SPIFFE_ID, Untrusted

MAX_REQUEST_BYTES = 1024 * 1024
MAX_TOKEN_S = 20 * 60
log = logging.getLogger("server")


def open_server(identity, handlers, address):
    """Returns a server and its port. It accepts only callers with a certificate of the mesh, and follows renewed ones."""

    def configuration():
        cert, key, ca = identity.files
        return grpc.ssl_server_certificate_configuration([(key, cert)], root_certificates=ca)

    def renewed():
        return configuration() if identity.refresh() else None

    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        handlers=handlers,
        options=[("grpc.max_receive_message_length", MAX_REQUEST_BYTES)],
        maximum_concurrent_rpcs=256,
    )
    credentials = grpc.dynamic_ssl_server_credentials(configuration(), renewed, require_client_authentication=True)
    return server, server.add_secure_port(address, credentials)


class Health:
    """The standard health service. The mesh sends calls only to replicas that are ready."""

    def __init__(self, protocols, reason):
        self._response = protocols.message("grpc.health.v1.HealthCheckResponse")
        self._reason = reason

    def Check(self, request, context):
        reason = self._reason()
        return self._response(status="NOT_SERVING" if reason else "SERVING", mesh_reason=reason)


class Callers:
    """Finds out who calls, and for whom."""

    def __init__(self, identity, issuers):
        self._identity = identity
        self._issuers = issuers

    def customer_of(self, context, scope):
        """Returns the id of the customer for whom a call is made. Ends the call if there is none, or the scope is missing."""
        token = token_in(dict(context.invocation_metadata()))
        if token is None:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "this call must be made for a customer")
        try:
            kind, customer, issuer, scopes = self._principal_of(token)
        except Untrusted as reason:
            log.warning("a token was rejected: %s", reason)
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token of the call is not valid")
        if kind != "customer":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "this call must be made for a customer")
        # A service that passes on a token calls on its own account. Its contract says which methods it may call.
        is_of_user = issuer in self.names_of(context)
        if is_of_user and scope not in scopes:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, f"the scope {scope} is missing")
        return customer

    def names_of(self, context):
        """Returns the names of the process that calls: those of its certificate in this mesh."""
        uris = context.auth_context().get("x509_subject_alternative_name", [])
        found = [match.groups() for match in (SPIFFE_ID.match(uri.decode()) for uri in uris) if match]
        return [name for trust_domain, name in found if trust_domain == self._identity.trust_domain]

    def _principal_of(self, token):
        claims, issuer = self._identity.verify(token, "mesh-principal+jwt")
        kind, _, name = claims.get("sub", "").partition(":")
        expires, issued = claims.get("exp", 0), claims["iat"]
        if expires + LEEWAY_S < time.time() or expires - issued > MAX_TOKEN_S:
            raise Untrusted("it has expired, or its life is too long")
        if (issuer not in self._issuers) if kind == "customer" else (issuer != name):
            raise Untrusted(f"{issuer} may not speak for a {kind}")
        return kind, name, issuer, claims.get("scope", "").split()


def token_in(headers):
    """Returns the token of a call. Its first part is in a header of its own if a service in TypeScript sent it."""
    token, signer = headers.get("mesh-token"), headers.get("mesh-token-signer")
    return f"{signer}.{token}" if token and signer else token


def fail(context, protocols, code, domain, reason, message, **metadata):
    """Ends a call with an error of the contract, which callers narrow by its reason."""
    info = protocols.message("google.rpc.ErrorInfo")(reason=reason, domain=domain, metadata=metadata)
    detail = {"type_url": "type.googleapis.com/google.rpc.ErrorInfo", "value": info.SerializeToString()}
    status = protocols.message("google.rpc.Status")(code=code.value[0], message=message, details=[detail])
    # The second one says that the text is for callers, and nothing of the inside of this service.
    context.set_trailing_metadata(
        [("grpc-status-details-bin", status.SerializeToString()), ("mesh-chosen-text", "1")]
    )
    context.abort(code, message)
