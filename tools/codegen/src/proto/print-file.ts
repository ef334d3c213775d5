import type { Registry } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  EnumOptionsSchema,
  EnumValueOptionsSchema,
  ExtensionRangeOptionsSchema,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileOptionsSchema,
  MessageOptionsSchema,
  MethodOptionsSchema,
  type OneofDescriptorProto,
  OneofOptionsSchema,
  type ServiceDescriptorProto,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { type FieldScope, oneofIndex, printField } from "./print-field.ts";
import { inlineOptions, optionStatements } from "./print-options.ts";
import { SourceText } from "./source-text.ts";

/** The ends of ranges that the source writes as `to max`. Message ranges exclude the end, enum ranges include it. */
const maxMessageRangeEnd = 536_870_912;
const maxEnumRangeEnd = 2_147_483_647;

/**
 * Prints the source of a .proto file from its descriptor, without comments. It compiles to the same descriptor.
 *
 * @param registry contains the extensions that the options of the file use
 */
export function printFile(file: FileDescriptorProto, registry: Registry): string {
  const scope = { registry, syntax: file.syntax || "proto2" };
  if (scope.syntax === "editions") throw new Error(`${file.name} uses editions, which can't be printed`);
  const text = new SourceText();
  text.line(`syntax = "${scope.syntax}";`);
  text.line(`package ${file.package};`);
  text.lines(file.dependency.map((name) => `import ${JSON.stringify(name)};`));
  text.lines(optionStatements(FileOptionsSchema, file.options, registry));
  printExtensions(text, file.extension, scope);
  for (const declaration of file.enumType) printEnum(text, declaration, scope);
  for (const message of file.messageType) printMessage(text, message, scope);
  for (const service of file.service) printService(text, service, scope);
  return text.toString();
}

function printMessage(text: SourceText, message: DescriptorProto, scope: FieldScope): void {
  text.block(`message ${message.name}`, () => {
    text.lines(optionStatements(MessageOptionsSchema, message.options, scope.registry));
    for (const declaration of message.enumType) printEnum(text, declaration, scope);
    for (const nested of message.nestedType) if (!nested.options?.mapEntry) printMessage(text, nested, scope);
    printFields(text, message, scope);
    printRanges(text, message, scope);
    printExtensions(text, message.extension, scope);
  });
}

function printFields(text: SourceText, message: DescriptorProto, scope: FieldScope): void {
  const printed = new Set<number>();
  for (const field of message.field) {
    const index = oneofIndex(field);
    if (index === undefined) text.line(printField(field, scope, message));
    else if (!printed.has(index)) printOneof(text, message, index, scope);
    if (index !== undefined) printed.add(index);
  }
}

function printOneof(text: SourceText, message: DescriptorProto, index: number, scope: FieldScope): void {
  const oneof = message.oneofDecl[index] as OneofDescriptorProto;
  text.block(`oneof ${oneof.name}`, () => {
    text.lines(optionStatements(OneofOptionsSchema, oneof.options, scope.registry));
    const members = message.field.filter((field) => oneofIndex(field) === index);
    text.lines(members.map((field) => printField(field, scope, message)));
  });
}

function printRanges(text: SourceText, message: DescriptorProto, scope: FieldScope): void {
  for (const { start, end } of message.reservedRange) text.line(`reserved ${range(start, end - 1)};`);
  printReservedNames(text, message.reservedName);
  for (const { start, end, options } of message.extensionRange) {
    const last = end === maxMessageRangeEnd ? "max" : end - 1;
    text.line(
      `extensions ${range(start, last)}${inlineOptions(ExtensionRangeOptionsSchema, options, scope.registry)};`,
    );
  }
}

function printReservedNames(text: SourceText, names: readonly string[]): void {
  if (names.length > 0) text.line(`reserved ${names.map((name) => JSON.stringify(name)).join(", ")};`);
}

function range(start: number, last: number | "max"): string {
  return start === last ? String(start) : `${start} to ${last}`;
}

function printEnum(text: SourceText, declaration: EnumDescriptorProto, { registry }: FieldScope): void {
  text.block(`enum ${declaration.name}`, () => {
    text.lines(optionStatements(EnumOptionsSchema, declaration.options, registry));
    for (const { name, number, options } of declaration.value) {
      text.line(`${name} = ${number}${inlineOptions(EnumValueOptionsSchema, options, registry)};`);
    }
    for (const { start, end } of declaration.reservedRange) {
      text.line(`reserved ${range(start, end === maxEnumRangeEnd ? "max" : end)};`);
    }
    printReservedNames(text, declaration.reservedName);
  });
}

function printExtensions(text: SourceText, extensions: readonly FieldDescriptorProto[], scope: FieldScope): void {
  for (const extension of extensions) {
    text.block(`extend ${extension.extendee}`, () => text.line(printField(extension, scope)));
  }
}

function printService(text: SourceText, service: ServiceDescriptorProto, { registry }: FieldScope): void {
  text.block(`service ${service.name}`, () => {
    text.lines(optionStatements(ServiceOptionsSchema, service.options, registry));
    for (const { name, inputType, outputType, clientStreaming, serverStreaming, options } of service.method) {
      const input = (clientStreaming ? "stream " : "") + inputType;
      const output = (serverStreaming ? "stream " : "") + outputType;
      text.block(`rpc ${name}(${input}) returns (${output})`, () =>
        text.lines(optionStatements(MethodOptionsSchema, options, registry)),
      );
    }
  });
}
