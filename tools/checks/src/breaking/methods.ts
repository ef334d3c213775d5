import type { DescMethod } from "@bufbuild/protobuf";
import { errorEnumOf, idempotencyOf, procedureKind, scopesOf } from "@mesh/codegen/catalogue/method";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Break, Who } from "./break.ts";
import type { Contracts } from "./contracts.ts";
import { changedRoutes } from "./routes.ts";
import { sameMethod } from "./same.ts";

/** A method that both contracts have. */
export interface MethodPair {
  readonly old: DescMethod;
  readonly now: DescMethod;
  readonly before: Contracts;
  readonly after: Contracts;
}

/** Source: the mesh's own defaults, in shared/rpc/src/deadline.ts. */
const usualMs = { query: 5_000, mutation: 10_000, stream: 600_000 };

/** What changed for the callers of methods that still exist; one that was removed buf finds. */
export function changedMethods(before: Contracts, after: Contracts): Break[] {
  const services = [...before.registry.files].flatMap((file) => file.services);
  return services
    .flatMap(({ methods }) => methods)
    .flatMap((old) => {
      const now = sameMethod(old, after.registry);
      if (!now) return [];
      const pair = { old, now, before, after };
      return [exposure, kind, scopes, errors, deadline, changedRoutes].flatMap((compare) => compare(pair));
    });
}

function exposure({ old, now, before, after }: MethodPair): Break[] {
  if (!before.options.method(old)?.gateway || after.options.method(now)?.gateway) return [];
  return [
    {
      position: positionOfOption(now, optionPaths.method),
      isOld: false,
      what: `${nameOf(now)} is no longer exposed at the gateway`,
      who: before.reach.ofGateway(old),
      mend: "keep gateway until nobody calls it from outside",
    },
  ];
}

function kind({ old, now, before, after }: MethodPair): Break[] {
  const [was, is] = [procedureKind(old, before.options), procedureKind(now, after.options)];
  if (!was || !is || was === is) return [];
  return [
    {
      position: positionOf(now),
      isOld: false,
      what: `${nameOf(now)} is a tRPC ${is.toLowerCase()}, was a ${was.toLowerCase()}`,
      who: old.methodKind === now.methodKind ? whoTellsKinds(was) : before.reach.of(old),
      mend: "take the idempotency_level or the stream back, or add an rpc beside it",
      desc: now,
      replaces: ["RPC_SAME_IDEMPOTENCY_LEVEL", "RPC_SAME_SERVER_STREAMING"],
    },
  ];
}

/** A route says its verb itself, and gRPC knows no kinds; but what was a query is sent again where an answer is lost. */
function whoTellsKinds(was: string): Set<Who> {
  return new Set(was === "Query" ? (["gRPC clients", "tRPC clients"] as const) : (["tRPC clients"] as const));
}

function scopes({ old, now, before, after }: MethodPair): Break[] {
  if (!before.options.method(old)?.gateway || !after.options.method(now)?.gateway) return [];
  const had = scopesOf(old, before.options);
  const added = scopesOf(now, after.options).filter((scope) => !had.includes(scope));
  if (added.length === 0) return [];
  return [
    {
      position: positionOfOption(now, optionPaths.methodGateway),
      isOld: false,
      what: `${nameOf(now)} asks for ${had.length > 0 ? "more scopes" : "scopes"}: ${added.join(" ")}`,
      who: before.reach.ofGateway(old),
      mend: "grant it to everybody who calls the method before, or leave it out",
    },
  ];
}

function errors({ old, now, before, after }: MethodPair): Break[] {
  const was = errorEnumOf(old, [...before.registry.files], before.options);
  const is = errorEnumOf(now, [...after.registry.files], after.options);
  if (!was || was.typeName === is?.typeName) return [];
  return [
    {
      position: positionOfOption(now, optionPaths.methodErrors),
      isOld: false,
      what: `${nameOf(now)} declares ${is ? `the errors ${is.name}, was ${was.name}` : `no errors, was ${was.name}`}`,
      who: before.reach.of(old),
      mend: `keep errors: ${JSON.stringify(was.name)}, and add new reasons to it`,
    },
  ];
}

function deadline({ old, now, before, after }: MethodPair): Break[] {
  const [was, is] = [deadlineOf(old, before), deadlineOf(now, after)];
  const isDeclared = [before.options.method(old), after.options.method(now)].some((option) => option?.deadlineMs);
  if (!isDeclared || is >= was) return [];
  return [
    {
      position: positionOfOption(now, optionPaths.methodDeadline),
      isOld: false,
      what: `${nameOf(now)} may last ${is} ms, was ${was} ms`,
      who: before.reach.of(old),
      mend: `keep deadline_ms: ${was}, until it is known that no call needs it`,
    },
  ];
}

function deadlineOf(method: DescMethod, { options }: Contracts): number {
  const asked = options.method(method)?.deadlineMs;
  if (asked) return asked;
  if (method.methodKind !== "unary") return usualMs.stream;
  return idempotencyOf(method) === "no_side_effects" ? usualMs.query : usualMs.mutation;
}

/** `OrderService.GetOrder` */
export function nameOf(method: DescMethod): string {
  return `${method.parent.name}.${method.name}`;
}
