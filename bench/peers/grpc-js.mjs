// @grpc/grpc-js with ts-proto, by its own interface.
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { methods } from "./codecs.mjs";
import { placeOrder, watched, watchStock } from "./messages.mjs";

export async function startServer() {
  const server = new Server();
  server.addService(methods, {
    placeOrder: ({ request }, done) => done(null, placeOrder(request)),
    watchStock: (call) => void sendStock(call),
  });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(`127.0.0.1:${port}`);
    });
  });
}

async function sendStock(call) {
  for (const message of watchStock()) {
    if (!call.write(message)) await new Promise((resolve) => call.once("drain", resolve));
  }
  call.end();
}

export function openClient(address) {
  const client = new Client(address, credentials.createInsecure());
  const deadline = () => ({ deadline: Date.now() + 10_000 });
  return {
    placeOrder: (order) => {
      const { path, requestSerialize, responseDeserialize } = methods.placeOrder;
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, order, deadline(), (error, response) => {
          if (error) reject(error);
          else resolve(response);
        });
      });
    },
    watchStock: (onMessage) => {
      const { path, requestSerialize, responseDeserialize } = methods.watchStock;
      const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, watched);
      return new Promise((resolve, reject) => call.on("data", onMessage).on("end", resolve).on("error", reject));
    },
  };
}
