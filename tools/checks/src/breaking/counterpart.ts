import type { AnyDesc, DescMethod, FileRegistry } from "@bufbuild/protobuf";

/** Finds a declaration in other contracts: a type, method or oneof by its name, a field or an enum value by its number. */
export function counterpart(desc: AnyDesc, others: FileRegistry): AnyDesc | undefined {
  switch (desc.kind) {
    case "message":
      return others.getMessage(desc.typeName);
    case "enum":
      return others.getEnum(desc.typeName);
    case "service":
      return others.getService(desc.typeName);
    case "extension":
      return others.getExtension(desc.typeName);
    case "rpc":
      return sameMethod(desc, others);
    case "field":
      return others.getMessage(desc.parent.typeName)?.fields.find(({ number }) => number === desc.number);
    case "oneof":
      return others.getMessage(desc.parent.typeName)?.oneofs.find(({ name }) => name === desc.name);
    case "enum_value":
      return others.getEnum(desc.parent.typeName)?.values.find(({ number }) => number === desc.number);
    case "file":
      return others.getFile(desc.proto.name);
    default:
      return desc satisfies never;
  }
}

/** Finds a method in other contracts, by the names of the service and the method. */
export function sameMethod(method: DescMethod, others: FileRegistry): DescMethod | undefined {
  return others.getService(method.parent.typeName)?.methods.find(({ name }) => name === method.name);
}
