import type { DescMethod } from "@bufbuild/protobuf";
import { anyService, callersOf, gateway, isCaller } from "@mesh/codegen/catalogue/callers";
import { errorEnumOf, idempotencyOf, procedureKind, scopesOf } from "@mesh/codegen/catalogue/method";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { resumeOf } from "@mesh/codegen/catalogue/resume";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";
import type { ComparedContracts } from "../compared-contracts.ts";
import { sameMethod } from "../counterpart.ts";
import { changedOwner } from "./changed-owner.ts";
import { changedRoutes } from "./changed-routes.ts";
import { type MethodPair, methodLabel } from "./method-pair.ts";

/** The deadlines of methods that declare none. Source: shared/rpc/src/deadline.ts */
const defaultDeadlinesMs = { query: 5_000, mutation: 10_000, stream: 600_000 };

/** Finds the breaking changes of methods that still exist. Buf finds those that were removed. */
export function changedMethods(before: ComparedContracts, after: ComparedContracts): Break[] {
  const services = [...before.registry.files].flatMap((file) => file.services);
  return services
    .flatMap(({ methods }) => methods)
    .flatMap((old) => {
      const now = sameMethod(old, after.registry);
      if (!now) return [];
      const pair = { old, now, before, after };
      const finders = [exposure, kind, tracking, scopes, callers, errors, deadline, changedOwner, changedRoutes];
      return finders.flatMap((find) => find(pair));
    });
}

function exposure({ old, now, before, after }: MethodPair): Break[] {
  if (!before.options.method(old)?.gateway || after.options.method(now)?.gateway) return [];
  return [
    {
      position: positionOfOption(now, optionPaths.method),
      isOld: false,
      what: `${methodLabel(now)} is no longer exposed at the gateway`,
      affected: before.users.ofGateway(old),
      fix: "keep the option gateway until no external client calls it",
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
      what: `${methodLabel(now)} is a tRPC ${is.toLowerCase()}, was a ${was.toLowerCase()}`,
      affected: old.methodKind === now.methodKind ? affectedByKind(was) : before.users.of(old),
      fix: "revert the idempotency_level or the stream, or add a new rpc",
      desc: now,
      replaces: ["RPC_SAME_IDEMPOTENCY_LEVEL", "RPC_SAME_SERVER_STREAMING"],
    },
  ];
}

/** The messages of a stream that can go on have ids, so that tRPC clients get them in another form. */
function tracking({ old, now, before, after }: MethodPair): Break[] {
  const [had, has] = [resumeOf(old, before.options), resumeOf(now, after.options)].map(
    (resume) => resume !== undefined,
  );
  if (had === has || !procedureKind(old, before.options) || !procedureKind(now, after.options)) return [];
  return [
    {
      position: positionOfOption(now, has ? optionPaths.methodResume : optionPaths.method),
      isOld: false,
      what: `the messages of ${methodLabel(now)} ${has ? "have" : "no longer have"} ids`,
      affected: new Set(["tRPC clients"]),
      fix: "revert it, or add a new rpc",
    },
  ];
}

/** A REST route has its own verb, so its clients are safe. gRPC clients retry queries, so for them a mutation differs. */
function affectedByKind(was: string): Set<ContractUser> {
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
      what: `${methodLabel(now)} requires ${had.length > 0 ? "more scopes" : "scopes"}: ${added.join(" ")}`,
      affected: before.users.ofGateway(old),
      fix: "grant them to all callers first, or remove them",
    },
  ];
}

/** The exposure covers the gateway. */
function callers({ old, now, before, after }: MethodPair): Break[] {
  const is = callersOf(now, after.options);
  const lost = callersOf(old, before.options).filter((name) => name !== gateway && !isCaller(name, is));
  if (lost.length === 0) return [];
  const may = is.filter((name) => name !== gateway).join(", ") || "no service";
  const who = lost.includes(anyService) ? "any service may call" : `${lost.join(", ")} may call`;
  return [
    {
      position: positionOfOption(now, optionPaths.methodCallers),
      isOld: false,
      what: `${methodLabel(now)} may be called by ${may} only, before ${who} it`,
      affected: new Set(["gRPC clients"]),
      fix: "list all services that call it",
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
      what: `${methodLabel(now)} declares ${is ? `the errors ${is.name}, was ${was.name}` : `no errors, was ${was.name}`}`,
      affected: before.users.of(old),
      fix: `keep errors: ${JSON.stringify(was.name)}, and add new reasons to it`,
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
      what: `the deadline of ${methodLabel(now)} is ${is} ms, was ${was} ms`,
      affected: before.users.of(old),
      fix: `keep deadline_ms: ${was} until you know that no call needs it`,
    },
  ];
}

function deadlineOf(method: DescMethod, { options }: Contracts): number {
  const declared = options.method(method)?.deadlineMs;
  if (declared) return declared;
  if (method.methodKind !== "unary") return defaultDeadlinesMs.stream;
  return idempotencyOf(method) === "no_side_effects" ? defaultDeadlinesMs.query : defaultDeadlinesMs.mutation;
}
