"""What a service needs to join the mesh: an identity, gRPC with mutual TLS, the registry, and events."""
