import type { AnyDesc, DescEnum, DescFile, DescMessage, DescMethod, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { routesOf } from "@mesh/codegen/catalogue/http";
import { errorEnumOf } from "@mesh/codegen/catalogue/method";
import type { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Who } from "./break.ts";

/** Which parts of a type's life somebody relies on: it is sent to us, we send it, or it travels as an event. */
type Direction = "request" | "answer" | "event";

/** Says who uses what of the contracts: whoever can reach it by a call or by an event. */
export class Reach {
  readonly #options: MeshOptions;
  readonly #users: Readonly<Record<Direction, Map<string, Set<Who>>>> = {
    request: new Map(),
    answer: new Map(),
    event: new Map(),
  };

  constructor(registry: FileRegistry, options: MeshOptions) {
    this.#options = options;
    const files = [...registry.files];
    for (const method of files.flatMap((file) => file.services).flatMap(({ methods }) => methods)) {
      this.#addMethod(method, files);
    }
    for (const { message } of files.flatMap((file) => eventsOf(file, options))) {
      for (const who of ["event consumers", "stored events"] as const) this.#add("event", message, who);
    }
  }

  /** Who relies on something, whatever for. */
  of(desc: AnyDesc): Set<Who> {
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

  /** Who sends a message, now or long ago: its rules must go on accepting what they accepted. */
  ofSenders(message: DescMessage): Set<Who> {
    const callers = this.#users.request.get(message.typeName) ?? [];
    return new Set([...callers, ...(this.#users.event.has(message.typeName) ? (["stored events"] as const) : [])]);
  }

  /** Who reaches an exposed method through the gateway. */
  ofGateway(method: DescMethod): Set<Who> {
    const who = this.of(method);
    who.delete("gRPC clients");
    return who;
  }

  #ofMethod(method: DescMethod): Set<Who> {
    const who = new Set<Who>(["gRPC clients"]);
    if (!this.#options.method(method)?.gateway) return who;
    who.add("tRPC clients");
    if (routesOf(method, this.#options).length > 0) who.add("REST clients");
    return who;
  }

  #ofType({ typeName }: DescMessage | DescEnum): Set<Who> {
    return union(Object.values(this.#users).map((users) => users.get(typeName) ?? new Set()));
  }

  #addMethod(method: DescMethod, files: readonly DescFile[]): void {
    const errors = errorEnumOf(method, files, this.#options);
    for (const who of this.#ofMethod(method)) {
      this.#add("request", method.input, who);
      this.#add("answer", method.output, who);
      if (errors) this.#add("answer", errors, who);
    }
  }

  #add(direction: Direction, type: DescMessage | DescEnum, who: Who): void {
    const users = this.#users[direction];
    const known = users.get(type.typeName) ?? new Set();
    if (known.has(who)) return;
    users.set(type.typeName, known.add(who));
    if (type.kind === "enum") return;
    for (const { message, enum: values } of type.fields) {
      if (message ?? values) this.#add(direction, (message ?? values) as DescMessage | DescEnum, who);
    }
  }
}

/** All that is in any of the sets. */
export function union(sets: readonly ReadonlySet<Who>[]): Set<Who> {
  return new Set(sets.flatMap((set) => [...set]));
}
