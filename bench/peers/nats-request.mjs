// Request and reply over a nats-server, with ts-proto. The server is a third process, whose CPU time is not counted.
import { connect } from "nats";
import { orderRequest, orderResponse, stockRequest, stockResponse } from "./codecs.mjs";
import { placeOrder, watched, watchStock } from "./messages.mjs";

/** Ends a stream. */
const nothing = new Uint8Array();

export async function startServer({ natsUrl }) {
  const connection = await connect({ servers: natsUrl });
  connection.subscribe("bench.place", {
    callback: (error, message) => {
      if (!error) message.respond(orderResponse.encode(placeOrder(orderRequest.decode(message.data))));
    },
  });
  connection.subscribe("bench.watch", {
    callback: (error, message) => {
      if (!error) void sendStock(connection, message.reply, stockRequest.decode(message.data));
    },
  });
  await connection.flush();
  return natsUrl;
}

/** NATS has no flow control: a round trip to the server now and then keeps its buffer for the client small. */
async function sendStock(connection, reply) {
  let sent = 0;
  for (const message of watchStock()) {
    connection.publish(reply, stockResponse.encode(message));
    sent += 1;
    if (sent % 1_000 === 0) await connection.flush();
  }
  connection.publish(reply, nothing);
}

export async function openClient(natsUrl) {
  const connection = await connect({ servers: natsUrl });
  return {
    placeOrder: async (order) => {
      const { data } = await connection.request("bench.place", orderRequest.encode(order), { timeout: 10_000 });
      return orderResponse.decode(data);
    },
    watchStock: (onMessage) => {
      const reply = `bench.stock.${process.pid}`;
      return new Promise((resolve, reject) => {
        const callback = (error, { data }) => {
          if (error) return reject(error);
          if (data.length > 0) return onMessage(stockResponse.decode(data));
          subscription.unsubscribe();
          return resolve();
        };
        const subscription = connection.subscribe(reply, { callback });
        connection.publish("bench.watch", stockRequest.encode(watched), { reply });
      });
    },
  };
}
