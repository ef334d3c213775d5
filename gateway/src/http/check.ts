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
}

/** Makes the check of the host and the origin of requests. */
export function createCheck({ publicOrigins, origins, isProduction }: CheckOptions): Check {
  const isLocal = !isProduction;
  const hosts = { names: hostsOf(publicOrigins), isLocal };
  const pages = { own: publicOrigins, listed: origins, isLocal };
  return function check(request, response) {
    checkHost(request, hosts);
    checkOrigin(request, response, pages);
  };
}
