import type { AnyDesc, DescEnum, DescFile, DescMessage, DescMethod, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { routesOf } from "@mesh/codegen/catalogue/http";
import { jobsOf } from "@mesh/codegen/catalogue/job";
import { errorEnumOf } from "@mesh/codegen/catalogue/method";
import type { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { ContractUser } from "./break.ts";

/** The ways in which a type travels. */
type Direction = "request" | "response" | "event" | "job" | "result";

/** Looks up the users of a declaration: those that reach it through a call or an event. */
export class UserIndex {
  readonly #options: MeshOptions;
  readonly #users: Readonly<Record<Direction, Map<string, Set<ContractUser>>>> = {
    request: new Map(),
    response: new Map(),
    event: new Map(),
    job: new Map(),
    result: new Map(),
  };

  constructor(registry: FileRegistry, options: MeshOptions) {
    this.#options = options;
    const files = [...registry.files];
    for (const method of files.flatMap((file) => file.services).flatMap(({ methods }) => methods)) {
      this.#addMethod(method, files);
    }
    for (const { message } of files.flatMap((file) => eventsOf(file, options))) {
      for (const user of ["event consumers", "stored events"] as const) this.#add("event", message, user);
    }
    for (const { message, result } of files.flatMap((file) => jobsOf(file, files, options))) {
      this.#add("job", message, "stored jobs");
      // A result is only read again, so its rules can change.
      if (result) this.#add("result", result, "stored jobs");
    }
  }

  /** Returns all users of a declaration. */
  of(desc: AnyDesc): Set<ContractUser> {
    switch (desc.kind) {
      case "message":
      case "enum":
        return this.#ofType(desc);
      case "field":
      case "oneof":
      case "enum_value":
        return this.of(desc.parent);
      case "extension":
        return new Set();
      case "rpc":
        return this.#ofMethod(desc);
      case "service":
        return union(desc.methods.map((method) => this.of(method)));
      case "file":
        return union([...desc.services, ...nestedTypes(desc)].map((one) => this.of(one)));
      default:
        return desc satisfies never;
    }
  }

  /** Returns the users that send a message or have stored it. Its rules must keep accepting what they accepted. */
  ofSenders(message: DescMessage): Set<ContractUser> {
    const callers = this.#users.request.get(message.typeName) ?? [];
    const events = this.#users.event.has(message.typeName) ? (["stored events"] as const) : [];
    return new Set([...callers, ...events, ...(this.#users.job.get(message.typeName) ?? [])]);
  }

  /** Returns the users that reach an exposed method through the gateway. */
  ofGateway(method: DescMethod): Set<ContractUser> {
    const users = this.of(method);
    users.delete("gRPC clients");
    return users;
  }

  #ofMethod(method: DescMethod): Set<ContractUser> {
    const users = new Set<ContractUser>(["gRPC clients"]);
    if (!this.#options.method(method)?.gateway) return users;
    users.add("tRPC clients");
    if (routesOf(method, this.#options).length > 0) users.add("REST clients");
    return users;
  }

  #ofType({ typeName }: DescMessage | DescEnum): Set<ContractUser> {
    return union(Object.values(this.#users).map((users) => users.get(typeName) ?? new Set()));
  }

  #addMethod(method: DescMethod, files: readonly DescFile[]): void {
    const errors = errorEnumOf(method, files, this.#options);
    for (const user of this.#ofMethod(method)) {
      this.#add("request", method.input, user);
      this.#add("response", method.output, user);
      if (errors) this.#add("response", errors, user);
    }
  }

  /** Adds a user to a type and to the types of its fields. */
  #add(direction: Direction, type: DescMessage | DescEnum, user: ContractUser): void {
    const users = this.#users[direction];
    const known = users.get(type.typeName) ?? new Set();
    if (known.has(user)) return;
    users.set(type.typeName, known.add(user));
    if (type.kind === "enum") return;
    for (const { message, enum: values } of type.fields) {
      const fieldType = message ?? values;
      if (fieldType) this.#add(direction, fieldType, user);
    }
  }
}

function union(sets: readonly ReadonlySet<ContractUser>[]): Set<ContractUser> {
  return new Set(sets.flatMap((set) => [...set]));
}
