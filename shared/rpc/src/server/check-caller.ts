import { MeshError, type MethodDefinition, type ServiceDefinition } from "@mesh/contracts";
import { isIdentity, type ServerCredentials } from "../credentials.ts";
import { methodName } from "../deadline.ts";
import type { Identity } from "../identity/identity.ts";
import type { ServerCall } from "./server-call.ts";

/** In the callers of a method: every service, but not the gateway. Source: proto/mesh/v1/options.proto */
const anyService = "*";
const gateway = "gateway";

/** The verdicts on the methods that a connection has called, by the names of its client. */
const verdicts = new WeakMap<readonly string[], Map<MethodDefinition, boolean>>();

/**
 * Rejects calls of processes that the contract does not list as callers of the method, with PERMISSION_DENIED. The first one of a
 * method on a connection is a warning in the log. Callers without names, those without mutual TLS, may call all methods.
 *
 * @example
 * ```ts
 * import { checkCaller, defaultServerMiddleware } from "@mesh/rpc";
 *
 * const without = defaultServerMiddleware.filter((step) => step !== checkCaller);
 * ```
 */
export function checkCaller(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  const { callerNames, method } = call;
  if (callerNames.length === 0) return next();
  if (verdicts.get(callerNames)?.get(method) ?? decide(call)) return next();
  const message = `${callerNames.join(", ")} may not call ${methodName(method)}: its contract does not list this caller`;
  throw new MeshError({ code: "PERMISSION_DENIED", message });
}

/**
 * Ensures that the callers of a service are known if its contract lists them. Files for TLS encrypt connections, but do not say which
 * process a caller is.
 *
 * @throws Error if a method lists its callers, and the credentials are files
 */
export function checkCredentials(
  credentials: ServerCredentials | Identity | undefined,
  services: readonly { readonly definition: ServiceDefinition }[],
): void {
  if (!credentials || isIdentity(credentials)) return;
  const methods = services.flatMap(({ definition }) => Object.values(definition.methods));
  const limited = methods.find(({ callers }) => !callers.includes(anyService));
  if (!limited) return;
  const message = `${methodName(limited)} lists its callers, but files for TLS do not say who calls`;
  const advice = "serve with an identity, of createIdentity or watchIdentity, or without the step checkCaller";
  throw new Error(`${message}: ${advice}`);
}

/** Decides for a method and a connection, once. */
function decide({ callerNames, method, operators, context, peer }: ServerCall): boolean {
  const isAllowed = callerNames.some((name) => operators.includes(name) || isCaller(name, method.callers));
  const known = verdicts.get(callerNames) ?? new Map<MethodDefinition, boolean>();
  verdicts.set(callerNames, known.set(method, isAllowed));
  if (!isAllowed) {
    const attributes = { caller: callerNames.join(", "), method: methodName(method), callers: method.callers, peer };
    context.log.warn(attributes, "a process called a method that it may not call");
  }
  return isAllowed;
}

function isCaller(name: string, callers: readonly string[]): boolean {
  return callers.includes(name) || (name !== gateway && callers.includes(anyService));
}
