// The process that places orders at a mesh.
import { openMesh } from "../rolling/mesh.mjs";
import { answer, options } from "./child.mjs";
import { measured } from "./client.mjs";
import { driveUnary } from "./drive.mjs";

/** The number of the step by which an order is confirmed: events have gone to the payments and back. */
const lastStep = 2;

/** As many as a shop has that is not sold out: orders of one product wait for each other. */
const productCount = 100;

let mesh;
const products = [];

export function run() {
  answer({
    async connect() {
      mesh = await openMesh(options);
      for (let number = 0; number < productCount; number++) products.push(await mesh.addProduct());
    },
    orders: (load) => measured(() => driveUnary(placeAndFollow, load)),
  });
  process.send({ result: "ready" });
}

/** Places an order, and follows it to its confirmation. */
async function placeAndFollow() {
  const customer = mesh.nextCustomer();
  const product = products.shift();
  products.push(product);
  const id = await mesh.placeOrder({ customer, productId: product });
  const leaving = new AbortController();
  const { body } = await mesh.request(`/v1/orders/${id}:watch`, { customer, signal: leaving.signal });
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (numbersIn(text).includes(lastStep)) break;
  }
  leaving.abort();
  if (!numbersIn(text).includes(lastStep)) throw new Error(`the order was not confirmed: ${text}`);
}

/** The numbers of the steps in whole lines of JSON. */
function numbersIn(text) {
  const lines = text.split("\n").slice(0, -1);
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line).result?.step?.number);
}
