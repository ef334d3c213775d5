import type { z } from "zod";
import type { FieldViolation } from "../error.ts";
import { maxIssues, paramsOf } from "./issue.ts";

/**
 * Turns the issues of a contract's schema into violations, by the .proto's field names and rule ids; at most 20. The
 * paths of rules and `forKey` are those of protovalidate.
 *
 * @example
 * ```ts
 * import { violations } from "@mesh/contracts";
 * import { GetOrderRequestSchema } from "@mesh/contracts/orders/v1";
 *
 * const { error } = GetOrderRequestSchema.safeParse({ id: "7" });
 * if (error) console.info(violations(error)); // [{ field: "id", description: "must be a UUID", rule: "string.uuid" }]
 * ```
 */
export function violations(error: z.ZodError): FieldViolation[] {
  return error.issues.slice(0, maxIssues).map((issue) => {
    const { rule = "", field = issue.path.join("."), path = rule } = paramsOf(issue);
    return {
      field,
      description: issue.message,
      rule,
      ...(path !== rule && { rulePath: path }),
      ...(path.startsWith("map.keys.") && { forKey: true }),
    };
  });
}
