import type { Money } from "@mesh/contracts/mesh/v1";

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
  formats.set(currency, format);
  return format;
}

/** Writes an amount for people, exact to the last digit whatever its size: `€1,299.00`, `¥1,299`. */
export function formatMoney({ minorUnits, currency }: Money): string {
  const format = formatOf(currency);
  return format.format(decimal(minorUnits, format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Intl takes decimals as text without going through a floating-point number. */
function decimal(minorUnits: bigint, digits: number): Intl.StringNumericLiteral {
  const sign = minorUnits < 0n ? "-" : "";
  const text = String(minorUnits < 0n ? -minorUnits : minorUnits).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits);
  return (digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`) as Intl.StringNumericLiteral;
}

/** Returns the price of several items. */
export function times(price: Money, quantity: number): Money {
  return { minorUnits: price.minorUnits * BigInt(quantity), currency: price.currency };
}

/** The sum of amounts; undefined: there are none, or they are not of one currency. */
export function sum(amounts: readonly Money[]): Money | undefined {
  const currency = amounts[0]?.currency;
  if (currency === undefined || amounts.some((amount) => amount.currency !== currency)) return undefined;
  return { minorUnits: amounts.reduce((total, amount) => total + amount.minorUnits, 0n), currency };
}
