import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Check, fail, pass, reasonOf, warn } from "./check.mjs";

/** The part of a certificate's life that is left when its renewal is late. Source: shared/rpc/src/identity/watch-identity.ts */
const lateShare = 0.1;

const hourMs = 3_600_000;

/** Checks the certificate in a file. */
export async function certificateCheck(file: string, fix: string): Promise<Check> {
  try {
    const { validFrom, validTo } = new X509Certificate(await readFile(file));
    return validityCheck("Certificate", { validFrom, validTo, of: file }, fix);
  } catch (error) {
    return fail("Certificate", `${file} cannot be used: ${reasonOf(error)}`, fix);
  }
}

/** Checks the time in which a certificate is valid. */
export function validityCheck(
  name: string,
  { validFrom, validTo, of }: { readonly validFrom: string; readonly validTo: string; readonly of: string },
  fix: string,
): Check {
  const [start, end] = [Date.parse(validFrom), Date.parse(validTo)];
  const leftMs = end - Date.now();
  if (leftMs <= 0) return fail(name, `${of} expired on ${timeOf(end)}`, fix);
  if (start > Date.now()) return fail(name, `${of} is not valid before ${timeOf(start)}: is the clock right?`, fix);
  if (leftMs < (end - start) * lateShare) return warn(name, `${of} expires on ${timeOf(end)}`, fix);
  return pass(
    name,
    `valid for ${leftMs > 48 * hourMs ? `${Math.floor(leftMs / 24 / hourMs)} days` : `${Math.floor(leftMs / hourMs)} hours`}`,
  );
}

function timeOf(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/:\d\d\.\d+Z$/, " UTC")
    .replace("T", " ");
}
