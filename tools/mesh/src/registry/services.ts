import { runCommand } from "@mesh/codegen/command";
import { registeredReplicas } from "@mesh/events/registry";
import { type Catalogue, type CatalogueMethod, readCatalogue } from "../contracts/catalogue.ts";
import { connectionHelp, connectionOptions, exitCodes, meshAccess } from "../settings.ts";
import { withNats } from "../with-nats.ts";

const help = `Lists the services of the mesh: those in the registry, and those of the contracts in this repository with their methods, who may
call them, their deadlines, and whether the gateway exposes them.

  npm run mesh -- services

${connectionHelp}
Exit codes: 0 done; 2 wrong usage; 3 the mesh can't be reached.
`;

/** A service, by the registry and the contracts. */
interface ListedService {
  readonly name: string;
  /** Absent: no contract of this repository has it. */
  readonly typeName?: string;
  readonly replicas: number;
  readonly methods: readonly ListedMethod[];
}

interface ListedMethod {
  readonly name: string;
  /** `unary`, `server_streaming`, `client_streaming` or `bidi_streaming`. */
  readonly kind: string;
  readonly idempotency: string;
  readonly callers: readonly string[];
  readonly deadlineMs?: number;
  /** The scopes that it needs at the gateway; absent: it is not exposed. */
  readonly scopes?: readonly string[];
}

/** Runs the command `services`. Returns the exit code. */
export function servicesCommand(args: readonly string[]): Promise<number> {
  return runCommand(args, {
    help,
    options: connectionOptions,
    async run(flags, root) {
      const replicas = await withNats(meshAccess(flags, root), registeredReplicas);
      const json = listed(
        replicas.map(({ service }) => service),
        readCatalogue(flags.contracts),
      );
      const output = flags.json ? `${JSON.stringify(json, undefined, 2)}\n` : json.map(textOf).join("\n");
      return { output, exitCode: exitCodes.done };
    },
  });
}

/** @param registered the service of each replica */
function listed(registered: readonly string[], { services }: Catalogue): ListedService[] {
  const countOf = (name: string) => registered.filter((one) => one === name).length;
  const known = services.map(({ name, typeName, methods }) => {
    return { name, typeName, replicas: countOf(name), methods: methods.map(methodOf) };
  });
  const others = [...new Set(registered)].filter((name) => !services.some((service) => service.name === name));
  return [...known, ...others.map((name) => ({ name, replicas: countOf(name), methods: [] }))];
}

function methodOf({ desc, idempotency, callers, deadlineMs, scopes }: CatalogueMethod): ListedMethod {
  const more = { ...(deadlineMs && { deadlineMs }), ...(scopes && { scopes }) };
  return { name: desc.name, kind: desc.methodKind, idempotency, callers, ...more };
}

function textOf({ name, typeName, replicas, methods }: ListedService): string {
  const head = `${name}  ${typeName ?? "no contract here"}  ${replicas} ${replicas === 1 ? "replica" : "replicas"}\n`;
  return head + methods.map(lineOf).join("");
}

function lineOf({ name, kind, idempotency, callers, deadlineMs, scopes }: ListedMethod): string {
  const facts = [
    kind.replace("_", " "),
    idempotency === "unknown" ? undefined : idempotency.replaceAll("_", " "),
    deadlineMs && `${deadlineMs} ms`,
    `callers ${callers.join(", ")}`,
    scopes && (scopes.length > 0 ? `exposed: ${scopes.join(", ")}` : "exposed"),
  ];
  return `  ${name}  ${facts.filter(Boolean).join("; ")}\n`;
}
