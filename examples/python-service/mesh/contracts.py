"""The contracts of the mesh as Python classes, read from the files that `buf build` writes.

So the example needs no compiler. Classes with type hints for editors come from protoc, see the README."""

from pathlib import Path
from types import SimpleNamespace

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

IDEMPOTENT = (
    descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS,
    descriptor_pb2.MethodOptions.IDEMPOTENT,
)


class Contracts:
    """Messages and services by their full names."""

    def __init__(self, path):
        self._pool = descriptor_pool.DescriptorPool()
        for proto in descriptor_pb2.FileDescriptorSet.FromString(Path(path).read_bytes()).file:
            self._pool.AddSerializedFile(proto.SerializeToString())

    def message(self, name):
        """Returns the class of a message: `contracts.message("orders.v1.Order")`."""
        return self._class_of(self._pool.FindMessageTypeByName(name))

    def methods(self, service):
        """Returns the methods of a service: `contracts.methods("orders.v1.OrderService")`."""
        return self._pool.FindServiceByName(service).methods

    def stub(self, channel, service):
        """Returns a client with a function for each RPC, as a generated stub has them."""
        return SimpleNamespace(**{method.name: self._call(channel, method) for method in self.methods(service)})

    def handlers(self, service, implementation):
        """Returns what a server needs to serve a service: each RPC is the method of this name of the implementation."""
        handlers = {
            method.name: getattr(grpc, kind_of(method) + "_rpc_method_handler")(
                getattr(implementation, method.name),
                request_deserializer=self._class_of(method.input_type).FromString,
                response_serializer=self._class_of(method.output_type).SerializeToString,
            )
            for method in self.methods(service)
            if hasattr(implementation, method.name)
        }
        return grpc.method_handlers_generic_handler(service, handlers)

    def _call(self, channel, method):
        return getattr(channel, kind_of(method))(
            path_of(method),
            request_serializer=self._class_of(method.input_type).SerializeToString,
            response_deserializer=self._class_of(method.output_type).FromString,
        )

    def _class_of(self, descriptor):
        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(self._pool).GetPrototype(descriptor)  # protobuf before 4.22


def path_of(method):
    """Returns the path of a method: `/orders.v1.OrderService/GetOrder`."""
    return f"/{method.containing_service.full_name}/{method.name}"


def kind_of(method):
    """Returns the kind of a method, as grpcio names it: `unary_stream`."""
    proto = descriptor_pb2.MethodDescriptorProto()
    method.CopyToProto(proto)
    requests = "stream" if proto.client_streaming else "unary"
    responses = "stream" if proto.server_streaming else "unary"
    return f"{requests}_{responses}"


def is_idempotent(method):
    """Returns whether a call may be repeated: what `idempotency_level` of the contract says."""
    return method.GetOptions().idempotency_level in IDEMPOTENT
