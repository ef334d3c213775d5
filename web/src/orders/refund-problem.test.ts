import { expect, it } from "vitest";
import { failed } from "../mesh/failed.ts";
import { type PaymentCallError, refundProblem } from "./refund-problem.ts";

const facts = { domain: "payments.v1.PaymentError", metadata: { orderId: "o" } } as const;

it.each<[string, PaymentCallError, RegExp]>([
  ["there is no payment", failed(404, {}, { reason: "PAYMENT_NOT_FOUND", ...facts }), /has no payment/],
  ["it was never authorized", failed(400, {}, { reason: "NOT_REFUNDABLE", ...facts }), /never authorized/],
  ["the session is over", failed(401), /Sign in again/],
  ["the role was taken away", failed(403), /may not refund/],
  ["another attempt is running", failed(409), /running already/],
  ["payments is down", failed(503, { path: "payments.refundPayment" }), /^Payments is unavailable.*only once/],
  ["the gateway is down", { message: "fetch failed" }, /^The gateway is unavailable.*only once/],
  ["it was called too often", failed(429, { retryAfterMs: 3_000 }), /wait 3 seconds/],
])("says that %s", (_, error, sentence) => expect(refundProblem(error)).toMatch(sentence));
