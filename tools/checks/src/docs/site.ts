import type { AnyDesc, DescEnum, DescField, DescFile, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { errorEnumOf } from "@mesh/codegen/catalogue/method";
import { positionOf } from "@mesh/codegen/position";
import type { Contracts } from "../breaking/contracts.ts";
import { type Html, html, type Part } from "./html.ts";
import type { Package } from "./packages.ts";
import type { SourceLink } from "./sources.ts";
import type { Usage } from "./usage.ts";

type Declared = Exclude<AnyDesc, DescFile>;

/** Everything that pages are made of. */
export class Site {
  /** What the repository is called. */
  readonly name: string;
  readonly contracts: Contracts;
  readonly packages: readonly Package[];
  readonly usage: Usage;
  readonly source: SourceLink;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #pages: ReadonlyMap<string, string>;

  /** @param paths where contracts stand from the root, by the name that they are imported by */
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

  /** Where something is on the pages; undefined: nowhere, such as google.protobuf.Timestamp. */
  addressOf(desc: Declared): string | undefined {
    const page = this.#pages.get(("file" in desc ? desc.file : desc.parent.file).proto.name);
    return page && `${page}#${idOf(desc)}`;
  }

  /** A name that leads to what it names. */
  link(desc: Declared, name: string = labelOf(desc)): Html {
    const address = this.addressOf(desc);
    return address ? html`<a href="${address}">${name}</a>` : html`${name}`;
  }

  /** A field's type, in the words of the contract. */
  typeOf(field: DescField): Html {
    if (field.fieldKind === "map") return html`map&lt;${scalarName(field.mapKey)}, ${this.#elementOf(field)}&gt;`;
    return html`${field.fieldKind === "list" && "repeated "}${this.#elementOf(field)}`;
  }

  #elementOf({ message, enum: values, scalar }: DescField): Part {
    const type = message ?? values;
    if (!type) return scalarName(scalar ?? ScalarType.STRING);
    return this.link(type, type.file.proto.package.startsWith("google.") ? type.typeName : labelOf(type));
  }

  /** A link to the line in the .proto. */
  sourceOf(desc: Declared): Html {
    const { file, line } = positionOf(desc);
    return this.place(this.#paths.get(file) ?? file, line);
  }

  /** A link to a line of a source. */
  place(path: string, line: number): Html {
    return html`<a class="source" href="${this.source(path, line)}">${path}:${line}</a>`;
  }

  /** The error enum that a method answers with. */
  errorsOf(method: DescMethod): DescEnum | undefined {
    return errorEnumOf(method, this.files, this.contracts.options);
  }

  /** The methods that take or answer with a message themselves, and the messages that have it for a field. */
  usersOf(type: DescMessage | DescEnum): { readonly methods: DescMethod[]; readonly messages: DescMessage[] } {
    const messages = this.packages.flatMap((one) => [...one.messages, ...one.events.map(({ message }) => message)]);
    return {
      methods: this.methods.filter(({ input, output }) => input === type || output === type),
      messages: messages.filter(({ fields }) => fields.some((field) => (field.message ?? field.enum) === type)),
    };
  }
}

/** The id of something on its page: its full name, which nothing else in the contracts has. */
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

/** A name, of a type with those that it is declared in: `OrderStep.Placed`. */
export function labelOf(desc: Declared): string {
  const isType = desc.kind === "message" || desc.kind === "enum";
  return isType && desc.parent ? `${labelOf(desc.parent)}.${desc.name}` : desc.name;
}

function scalarName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
