import { type CallError, isPassing } from "./failure.ts";

/** Doubles from half a second up to five; longer where the mesh has asked for it. */
export function retryDelayMs(failures: number, error?: CallError): number {
  return Math.max(Math.min(500 * 2 ** failures, 5_000), error?.data?.retryAfterMs ?? 0);
}

/** A query waits for a part that is away as long as it takes: the page says so and recovers by itself. */
export function retryQuery(_failures: number, error: CallError): boolean {
  return isPassing(error);
}

/**
 * A mutation gives up after about 20 s, since somebody waits for it: then it is theirs to try again. The gateway takes
 * none from a browser without its cookie, but sets the cookie.
 */
export function retryMutation(failures: number, error: CallError): boolean {
  if (isNewcomer(error)) return failures === 0;
  return isPassing(error) && failures < 6;
}

function isNewcomer({ data }: CallError): boolean {
  return data?.httpStatus === 401 && data.retryAfterMs === 0;
}

/** A query whose answer was that something broke is asked again now and then: broken things get mended. */
export function refetchIntervalMs({ state: { error } }: { state: { error: CallError | null } }): number | false {
  return (error?.data?.httpStatus ?? 0) >= 500 ? 10_000 : false;
}
