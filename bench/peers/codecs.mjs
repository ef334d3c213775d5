// ts-proto's codecs of the messages, without the rest of the contracts: a peer must not load our schemas.
import { WatchStockRequest, WatchStockResponse } from "../../shared/contracts/gen/inventory/v1/inventory.pb.ts";
import { PlaceOrderRequest, PlaceOrderResponse } from "../../shared/contracts/gen/orders/v1/orders.pb.ts";

const codec = (type) => ({
  encode: (message) => Buffer.from(type.encode(message).finish()),
  decode: (bytes) => type.decode(bytes),
});

export const orderRequest = codec(PlaceOrderRequest);
export const orderResponse = codec(PlaceOrderResponse);
export const stockRequest = codec(WatchStockRequest);
export const stockResponse = codec(WatchStockResponse);

/** Methods as grpc-js describes them; nice-grpc takes the same. */
export const methods = {
  placeOrder: grpcMethod("/orders.v1.OrderService/PlaceOrder", orderRequest, orderResponse),
  watchStock: {
    ...grpcMethod("/inventory.v1.InventoryService/WatchStock", stockRequest, stockResponse),
    responseStream: true,
  },
};

function grpcMethod(path, request, response) {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: response.encode,
    responseDeserialize: response.decode,
  };
}
