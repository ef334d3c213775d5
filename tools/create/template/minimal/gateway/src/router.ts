import type { MeshErrorShape, ProcedureMeta, ServiceDefinition } from "@mesh/contracts";
import { GreeterService } from "@mesh/contracts/greeter/v1";
import type { TRPCBuiltRouter } from "@trpc/server";

// Browser projects read this file for its types, so it must not import anything that needs Node.

/** The services whose exposed methods are procedures. Each key is the first word of the procedures: `greeter.greet`. */
export const services = { greeter: GreeterService };

/** The procedures written by hand; procedures/ implements them. Spelled out, so that no browser compiles that code. */
export type HandWritten = Record<never, never>;

type Services = typeof services;
type ProceduresOf<S> = S extends ServiceDefinition<infer T> ? T["procedures"] : never;
type Root = { ctx: object; meta: ProcedureMeta; errorShape: MeshErrorShape; transformer: true };

/** All procedures of the gateway, for tRPC clients: `createTRPCClient<AppRouter>(…)`. */
export type AppRouter = TRPCBuiltRouter<Root, { [K in keyof Services]: ProceduresOf<Services[K]> } & HandWritten>;
