import { type CallError, isPassing } from "@mesh/contracts/client";

/** Returns the seconds that a caller must wait who called too often; undefined: the call failed for another reason. */
export function limitedForS({ data }: CallError): number | undefined {
  return data?.httpStatus === 429 && data.retryAfterMs ? Math.ceil(data.retryAfterMs / 1_000) : undefined;
}

/** Returns a sentence for a customer who must wait. */
export function waitSentence(waitS: number): string {
  return `That was too often. Please wait ${waitS === 1 ? "a second" : `${waitS} seconds`}, then try again.`;
}

/** Returns true if the requested entity does not exist, or its id is invalid. */
export function isMissing(error: CallError): boolean {
  return error.data?.httpStatus === 404 || error.data?.violations?.some(({ field }) => field === "id") === true;
}

const parts: Readonly<Record<string, string>> = {
  catalog: "Catalog",
  inventory: "Inventory",
  orders: "Orders",
  payments: "Payments",
  shop: "Orders",
};

/** Returns the name of the service that an error comes from. */
export function partOf({ data }: CallError): string {
  if (!data) return "The gateway";
  const router = data.path?.split(".", 1)[0] ?? "";
  return parts[router] ?? "The shop";
}

/** Describes an error in one sentence. */
export function sentenceOf(error: CallError): string {
  const waitS = limitedForS(error);
  if (waitS !== undefined) return waitSentence(waitS);
  if (isPassing(error)) return `${partOf(error)} is unavailable. Trying again…`;
  const id = error.data?.id;
  if (id) return `Something went wrong in ${partOf(error)}. Look for ${id} in its logs.`;
  return `${partOf(error)} rejected the request: ${error.message}.`;
}
