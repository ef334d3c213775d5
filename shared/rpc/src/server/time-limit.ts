import { deadlineExceeded } from "../deadline.ts";
import type { Middleware } from "./middleware.ts";

/**
 * Answers a call when it is given up or its time is up, whatever its handler does then. A call whose time is up already
 * is not started.
 */
export const limitTime: Middleware = async function limit(call, next) {
  const { scope, stream, method, aborted } = call;
  if (stream.deadline <= Date.now()) throw deadlineExceeded(method);
  const timer = setTimeout(() => call.abort(deadlineExceeded(method)), scope.deadline - Date.now());
  const work = next();
  try {
    await Promise.race([work, aborted]);
  } catch (error) {
    if (scope.signal.aborted)
      work.catch((err: unknown) => scope.log.debug({ err }, "ended after its call was given up"));
    throw error;
  } finally {
    clearTimeout(timer);
  }
};
