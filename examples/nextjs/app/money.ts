import type { Money } from "@acme/shop-client/mesh/v1";

/** Formats an amount, which has whole cents: a bigint, so none is lost. */
export function formatMoney({ minorUnits, currency }: Money): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(Number(minorUnits) / 10 ** digits);
}
