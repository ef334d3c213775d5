// The messages that all peers exchange: an order of the example's `PlaceOrder`, and stock levels of its `WatchStock`.
const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";

/** A request of `PlaceOrder`; 191 bytes as protobuf. */
export const order = {
  idempotencyKey: id,
  items: [
    { productId: id, quantity: 1 },
    { productId: id, quantity: 2 },
  ],
  paymentToken: "tok_ok",
  email: "ada@example.com",
  name: "Ada Lovelace",
  address: "12 St James's Square, London",
};

/** A request of `WatchStock`. */
export const watched = { productIds: [id] };

/** A message of the stream of `WatchStock`; 44 bytes as protobuf. */
export const stock = { stock: { productId: id, available: 1_200n, reserved: 34n } };

/** The same in protobuf's JSON, for peers that send JSON. */
export const stockJson = { stock: { productId: id, available: "1200", reserved: "34" } };

/** The messages of one stream. It ends then, because some peers buffer what a handler writes without a bound. */
export const streamLength = 10_000;

/** The handler of `PlaceOrder`. Reads the request, so that no peer gains by not decoding it. */
export function placeOrder({ items, email }) {
  if (items.length !== order.items.length || email !== order.email) throw new Error("the request is not the order");
  return {};
}

/** The handler of `WatchStock`. */
export function* watchStock(message = stock) {
  for (let sent = 0; sent < streamLength; sent++) yield message;
}
