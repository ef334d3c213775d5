import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { reasonsOf } from "@mesh/codegen/catalogue/error";
import { descriptionOf } from "@mesh/codegen/comment";
import { summaryOf } from "./markdown.ts";
import { labelOf, type Site } from "./site.ts";

/** An entry of the search: a name, its kind, the address on the site, and a one-line description. */
type Entry = readonly [name: string, kind: string, address: string, text: string];

/** Builds the search index as a script, because a page opened from disk may not load data. */
export function searchIndex(site: Site): string {
  const entries = site.packages.flatMap((one) => {
    const members = [...one.messages, ...one.events.map(({ message }) => message)].flatMap((message) =>
      message.fields.map((field) => entry(site, field, "field", `${labelOf(message)}.${field.name}`)),
    );
    return [
      ...one.services.flatMap((service) => [
        entry(site, service, "service"),
        ...service.methods.map((method) => entry(site, method, "method", `${service.name}.${method.name}`)),
      ]),
      ...one.events.map(({ message }) => entry(site, message, "event")),
      ...one.errors.flatMap((desc) => [
        entry(site, desc, "errors"),
        ...reasonsOf(desc, site.contracts.options).map(({ value, reason }) => entry(site, value, "error", reason)),
      ]),
      ...one.messages.map((message) => entry(site, message, "message")),
      ...one.enums.flatMap((desc) => [
        entry(site, desc, "enum"),
        ...desc.values.map((value) => entry(site, value, "value")),
      ]),
      ...members,
    ];
  });
  const lines = entries.map((one) => JSON.stringify(one)).join(",\n");
  return `globalThis.contractsIndex = [\n${lines}\n];\n`;
}

function entry(site: Site, desc: Exclude<AnyDesc, DescFile>, kind: string, name: string = labelOf(desc)): Entry {
  return [name, kind, site.addressOf(desc) ?? "", summaryOf(descriptionOf(desc))];
}
