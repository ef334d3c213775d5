import type { Admission } from "./admission.ts";
import type { Check } from "./handler.ts";
import { checkHost, hostsOf } from "./host.ts";
import { checkOrigin } from "./origin.ts";

/** The settings of the checks. */
export interface CheckOptions {
  /** The origins by which clients reach the gateway. */
  readonly publicOrigins: ReadonlySet<string>;
  /** Origins of other pages that may call. */
  readonly origins: ReadonlySet<string>;
  readonly isProduction: boolean;
  /** Default: requests that run have no limit. */
  readonly admission?: Admission;
}

/** Makes the check of requests: their host, their origin, and whether there is room for them. */
export function createCheck({ publicOrigins, origins, isProduction, admission }: CheckOptions): Check {
  const isLocal = !isProduction;
  const hosts = { names: hostsOf(publicOrigins), isLocal };
  /** The last host that was found to be one of the gateway: that of nearly all requests. */
  let known: string | undefined;
  const pages = { own: publicOrigins, listed: origins, isLocal };
  return function check(request, response) {
    if (known === undefined || request.headers.host !== known) {
      checkHost(request, hosts);
      known = request.headers.host;
    }
    checkOrigin(request, response, pages);
    admission?.admit(request, response);
  };
}
