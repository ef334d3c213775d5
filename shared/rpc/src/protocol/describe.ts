import { create } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type MethodDescriptorProto,
  MethodDescriptorProtoSchema,
  OneofDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import type { MethodKind } from "@mesh/contracts";

// The few protocols of gRPC itself are written down in code: they are short, never change, and need no generator.

/** A field of a message: its name, number and type, as a .proto would say. */
export type Field = (owner: DescriptorProto) => FieldDescriptorProto;

type Scalar = "STRING" | "BYTES" | "INT32" | "INT64";

/** A scalar field. */
export function scalar(type: Scalar, name: string, number: number): Field {
  return () => field(name, number, FieldDescriptorProto_Type[type]);
}

/** A field that holds a message. */
export function embedded(typeName: string, name: string, number: number): Field {
  return () => ({ ...field(name, number, FieldDescriptorProto_Type.MESSAGE), typeName: `.${typeName}` });
}

/** A field that holds one value of an enum. */
export function enumeration(typeName: string, name: string, number: number): Field {
  return () => ({ ...field(name, number, FieldDescriptorProto_Type.ENUM), typeName: `.${typeName}` });
}

/** A field that may be there many times. */
export function repeated(inner: Field): Field {
  return (owner) => ({ ...inner(owner), label: FieldDescriptorProto_Label.REPEATED });
}

/** A field that is one of several. */
export function oneOf(name: string, inner: Field): Field {
  return (owner) => {
    const known = owner.oneofDecl.findIndex((oneof) => oneof.name === name);
    const oneofIndex = known < 0 ? owner.oneofDecl.push(create(OneofDescriptorProtoSchema, { name })) - 1 : known;
    return { ...inner(owner), oneofIndex };
  };
}

/** A message and its fields. */
export function message(name: string, ...fields: readonly Field[]): DescriptorProto {
  const owner = create(DescriptorProtoSchema, { name });
  owner.field = fields.map((make) => make(owner));
  return owner;
}

/** Puts an enum, its values counted from 0, inside a message. */
export function withEnum(owner: DescriptorProto, name: string, ...values: readonly string[]): DescriptorProto {
  const value = values.map((valueName, number) => ({ name: valueName, number }));
  owner.enumType.push(create(EnumDescriptorProtoSchema, { name, value }));
  return owner;
}

/** A method. */
export function method(name: string, inputType: string, outputType: string, kind: MethodKind): MethodDescriptorProto {
  return create(MethodDescriptorProtoSchema, {
    name,
    inputType: `.${inputType}`,
    outputType: `.${outputType}`,
    clientStreaming: kind === "client_streaming" || kind === "bidi_streaming",
    serverStreaming: kind === "server_streaming" || kind === "bidi_streaming",
  });
}

function field(name: string, number: number, type: FieldDescriptorProto_Type): FieldDescriptorProto {
  const jsonName = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const label = FieldDescriptorProto_Label.OPTIONAL;
  return create(FieldDescriptorProtoSchema, { name, number, type, label, jsonName });
}
