import { readSettings } from "@mesh/runtime";
import * as z from "zod";
import type { Check } from "./check.mjs";
import { checkDeployment } from "./deployment.ts";
import { checkEnvFile } from "./env-file.ts";
import { checkServers } from "./servers.ts";
import { checkSources } from "./sources.ts";

/** The checks that need installed packages. */
export interface MoreChecks {
  /** Of the machine. */
  readonly servers: readonly Check[];
  /** Of the checkout. */
  readonly sources: readonly Check[];
  /** None if no deployment is to be checked. */
  readonly deployment: readonly Check[];
}

/** Checks a machine and a checkout further, and a deployment, if there is a URL or NODE_ENV is `production`. */
export async function moreChecks(root: string, gatewayUrl: string | undefined): Promise<MoreChecks> {
  const { NODE_ENV } = readSettings({ NODE_ENV: z.string().optional() });
  const isDeployed = gatewayUrl !== undefined || NODE_ENV === "production";
  // The file .env is only for development, so a deployment is checked before it is read.
  const deployment = isDeployed ? await checkDeployment(gatewayUrl) : [];
  const envFile = await checkEnvFile(root);
  const [servers, sources] = await Promise.all([checkServers(root, isDeployed), checkSources(root)]);
  return { servers, sources: [...sources, envFile], deployment };
}
