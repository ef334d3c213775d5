import { StockCountSchema } from "@mesh/contracts/inventory/v1";

/** Reads a number of items that a person typed, by the rules of the contract. Returns the problem if it is none. */
export function readCount(text: string): bigint | string {
  const digits = text.trim().replaceAll(/[ ,.'’](?=\d{3}\b)/g, "");
  if (!/^\d{1,18}$/.test(digits)) return "must be a whole number";
  const result = StockCountSchema.shape.available.safeParse(BigInt(digits));
  return result.success ? result.data : (result.error.issues[0]?.message ?? "is not valid");
}
