// The input of the example's procedures as a team without contracts writes it: the rules are those of our contract.
import * as z from "zod";

export const placeOrderRequest = z.object({
  idempotencyKey: z.guid(),
  items: z
    .array(z.object({ productId: z.guid(), quantity: z.int().min(1).max(100) }))
    .min(1)
    .max(50),
  paymentToken: z.string().min(1).max(200),
  email: z.email().max(254),
  name: z.string().min(1).max(100),
  address: z.string().min(1).max(500),
});

export const watchStockRequest = z.object({ productIds: z.array(z.guid()).min(1).max(100) });
