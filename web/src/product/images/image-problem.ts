/** The parts of a failed request about a picture that matter here. */
export interface ImageFailure {
  /** 0: there was no response. */
  readonly status: number;
  /** The reason that the contract declares. */
  readonly reason?: string;
}

/** Reads the body of an error response. */
export function failureOf(status: number, body: string): ImageFailure {
  try {
    const { reason } = Object(JSON.parse(body)) as { readonly reason?: unknown };
    return typeof reason === "string" ? { status, reason } : { status };
  } catch {
    return { status };
  }
}

const reasons: Readonly<Record<string, string>> = {
  TOO_MANY_IMAGES: "This product has eight pictures, which is the most. Remove one first.",
  PRODUCT_NOT_FOUND: "This product is no longer for sale.",
  IMAGE_EXISTS: "This picture is being sent already. Please try again in a moment.",
};

const statuses: Readonly<Record<number, string>> = {
  0: "The connection was lost before the picture had arrived. Please try again.",
  401: "Your session is over. Sign in again to add pictures.",
  403: "Only clerks can change pictures.",
  408: "The picture took too long to arrive. Please try again.",
  413: "The picture is larger than 20 MB. Please choose a smaller one.",
  415: "This is no picture that we can show. Please choose a PNG, JPEG, WebP, GIF or AVIF file.",
};

/** Describes in one sentence why a picture was not added or removed. */
export function imageProblem({ status, reason = "" }: ImageFailure): string {
  return reasons[reason] ?? statuses[status] ?? "Catalog is unavailable. Please try again in a moment.";
}
