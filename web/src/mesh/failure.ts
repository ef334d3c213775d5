import type { ErrorInfo, MeshErrorShape } from "@mesh/contracts";

/** What a call to the gateway fails with; I: the reasons that its procedure declares. */
export interface CallError<I extends ErrorInfo = ErrorInfo> {
  readonly message: string;
  /** Absent: no answer came, or none that the gateway wrote. */
  readonly data?: MeshErrorShape<I>["data"] | null | undefined;
}

// Request timeout, too many requests, and the three of a server that is away. The gateway maps gRPC's codes to these.
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Whether the same call may succeed a little later. */
export function isPassing(error: CallError): boolean {
  return !error.data || passingStatuses.has(error.data.httpStatus);
}

/** Whether the thing asked for does not exist; an id that no thing can have counts. */
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

/** The part of the mesh that an error comes from, as the page calls it. */
export function partOf({ data }: CallError): string {
  if (!data) return "The gateway";
  const router = data.path?.split(".", 1)[0] ?? "";
  return parts[router] ?? "The shop";
}

/** One sentence about an error that nothing more particular is known of. */
export function sentenceOf(error: CallError): string {
  if (isPassing(error)) return `${partOf(error)} is not reachable; trying again…`;
  const id = error.data?.id;
  if (id) return `Something went wrong in ${partOf(error)}. Its logs know more under ${id}.`;
  return `${partOf(error)} refused: ${error.message}.`;
}
