import type { AnyDesc, DescEnum, DescField, DescFile, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { errorEnumOf } from "@mesh/codegen/catalogue/method";
import { positionOf } from "@mesh/codegen/position";
import type { Contracts } from "../contracts/compile.ts";
import type { Package } from "./contract-package.ts";
import type { EventUsage } from "./event-usage.ts";
import { type Html, html, type Part } from "./html.ts";
import type { SourceLink } from "./source-link.ts";

type Declared = Exclude<AnyDesc, DescFile>;

/** The content of the site, with links between its parts. */
export class Site {
  /** The name of the repository. */
  readonly name: string;
  readonly contracts: Contracts;
  readonly packages: readonly Package[];
  readonly usage: EventUsage;
  readonly source: SourceLink;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #pages: ReadonlyMap<string, string>;

  /** @param paths the paths of the contracts from the root, by the name that imports use */
  constructor(
    parts: Pick<Site, "name" | "contracts" | "packages" | "usage" | "source">,
    paths: ReadonlyMap<string, string>,
  ) {
    this.name = parts.name;
    this.contracts = parts.contracts;
    this.packages = parts.packages;
    this.usage = parts.usage;
    this.source = parts.source;
    this.#paths = paths;
    this.#pages = new Map(
      this.packages.flatMap(({ files, page }) => files.map((file) => [file.proto.name, page] as const)),
    );
  }

  get files(): DescFile[] {
    return this.packages.flatMap(({ files }) => files);
  }

  get methods(): DescMethod[] {
    return this.packages.flatMap(({ services }) => services.flatMap(({ methods }) => methods));
  }

  /** Returns the address of a declaration on the site. Undefined for foreign types such as google.protobuf.Timestamp. */
  addressOf(desc: Declared): string | undefined {
    const page = this.#pages.get(("file" in desc ? desc.file : desc.parent.file).proto.name);
    return page && `${page}#${idOf(desc)}`;
  }

  /** Returns a link to a declaration, or its plain name if the site does not contain it. */
  link(desc: Declared, name: string = labelOf(desc)): Html {
    const address = this.addressOf(desc);
    return address ? html`<a href="${address}">${name}</a>` : html`${name}`;
  }

  /** Returns the type of a field as written in a contract. */
  typeOf(field: DescField): Html {
    if (field.fieldKind === "map") return html`map&lt;${scalarName(field.mapKey)}, ${this.#elementOf(field)}&gt;`;
    return html`${field.fieldKind === "list" && "repeated "}${this.#elementOf(field)}`;
  }

  #elementOf({ message, enum: values, scalar }: DescField): Part {
    const type = message ?? values;
    if (!type) return scalarName(scalar ?? ScalarType.STRING);
    return this.link(type, type.file.proto.package.startsWith("google.") ? type.typeName : labelOf(type));
  }

  /** Returns a link to the line of a declaration in its .proto file. */
  sourceOf(desc: Declared): Html {
    const { file, line } = positionOf(desc);
    return this.sourceLink(this.#paths.get(file) ?? file, line);
  }

  /** Returns a link to a line of a source file. */
  sourceLink(path: string, line: number): Html {
    return html`<a class="source" href="${this.source(path, line)}">${path}:${line}</a>`;
  }

  /** Returns the error enum that a method declares. */
  errorsOf(method: DescMethod): DescEnum | undefined {
    return errorEnumOf(method, this.files, this.contracts.options);
  }

  /** Finds the methods that directly take or return a type, and the messages with a field of that type. */
  usersOf(type: DescMessage | DescEnum): { readonly methods: DescMethod[]; readonly messages: DescMessage[] } {
    const messages = this.packages.flatMap((one) => [...one.messages, ...one.events.map(({ message }) => message)]);
    return {
      methods: this.methods.filter(({ input, output }) => input === type || output === type),
      messages: messages.filter(({ fields }) => fields.some((field) => (field.message ?? field.enum) === type)),
    };
  }
}

/** Returns the HTML id of a declaration: its full name, which is unique in the contracts. */
export function idOf(desc: Declared): string {
  switch (desc.kind) {
    case "field":
    case "oneof":
    case "rpc":
      return `${desc.parent.typeName}.${desc.name}`;
    case "enum_value":
      return `${desc.parent.typeName}.${desc.name}`;
    default:
      return desc.typeName;
  }
}

/** Returns the name of a declaration. Nested types include their parents: `OrderStep.Placed`. */
export function labelOf(desc: Declared): string {
  const isType = desc.kind === "message" || desc.kind === "enum";
  return isType && desc.parent ? `${labelOf(desc.parent)}.${desc.name}` : desc.name;
}

function scalarName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
