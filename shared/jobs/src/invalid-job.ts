/**
 * The error of a job that can't be done however often it is tried: it fails without another attempt.
 *
 * @example
 * ```ts
 * import { InvalidJob } from "@mesh/jobs/invalid-job";
 *
 * const fail = (id: string) => {
 *   throw new InvalidJob(`the file ${id} is not a catalog`);
 * };
 * ```
 */
export class InvalidJob extends Error {
  override readonly name = "InvalidJob";
}
