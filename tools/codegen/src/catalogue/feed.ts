import { type DescFile, type DescMessage, type DescService, ScalarType } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { fieldKey, methodName } from "../names.ts";
import type { Problem } from "../problem.ts";
import { scopeList } from "./method.ts";
import { type FeedOption, type MeshOptions, optionPaths } from "./options.ts";
import type { ServiceNames } from "./service-name.ts";

/** An event that the gateway exposes as a subscription. */
export interface CatalogueFeed {
  readonly message: DescMessage;
  /** The name of the procedure: `onOrderConfirmed`. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The field with the owner, by its name in TypeScript, and the scope whose holders get all events. */
  readonly owner: { readonly field: string; readonly unless: string | undefined } | undefined;
}

/** A name of a procedure. */
const nameForm = /^[a-z][A-Za-z0-9]{0,63}$/;

/** Returns the feeds of the events that a service owns, without checking them: see `checkFeeds`. */
export function feedsOf(
  service: DescService,
  files: readonly DescFile[],
  options: MeshOptions,
  names: ServiceNames,
): CatalogueFeed[] {
  const packageName = service.file.proto.package;
  if (names.ownerOf(packageName) !== service) return [];
  return feedOptionsOf(files, options)
    .filter(({ message }) => message.file.proto.package === packageName)
    .map(({ message, feed }) => ({
      message,
      name: feedName(message, feed),
      scopes: scopeList(feed.scopes),
      owner: ownerOf(message, feed),
    }));
}

/** Checks the feeds of all files. */
export function checkFeeds(
  files: readonly DescFile[],
  { options, names }: { readonly options: MeshOptions; readonly names: ServiceNames },
  problems: Problem[],
): void {
  const taken = new Map<string, string>();
  for (const { message, feed } of feedOptionsOf(files, options)) {
    const service = names.ownerOf(message.file.proto.package);
    const name = feedName(message, feed);
    const text = problemOf(message, feed) ?? nameProblem(name, service, taken);
    if (text) problems.push({ desc: message, text: `feed: ${text}`, option: optionPaths.eventFeed });
    if (service) taken.set(`${service.typeName} ${name}`, message.name);
  }
}

function feedOptionsOf(files: readonly DescFile[], options: MeshOptions) {
  return files
    .flatMap((file) => [...nestedTypes(file)])
    .flatMap((message) => {
      const feed = message.kind === "message" ? options.event(message)?.feed : undefined;
      return message.kind === "message" && feed ? [{ message, feed }] : [];
    });
}

/** Returns the name of the procedure of a feed. */
export function feedName(message: DescMessage, feed: FeedOption): string {
  return feed.name || `on${message.name.replace(/[^A-Za-z0-9]/g, "")}`;
}

function ownerOf(message: DescMessage, feed: FeedOption): CatalogueFeed["owner"] {
  const field = message.fields.find(({ name }) => name === feed.owner);
  return field && { field: fieldKey(field), unless: feed.unless || undefined };
}

function problemOf(message: DescMessage, feed: FeedOption): string | undefined {
  const isOpen = scopeList(feed.scopes).length === 0;
  if (isOpen && !feed.public) return "it has neither scopes nor public: true, so it must say who may subscribe";
  if (!isOpen && feed.public) return "it has scopes and public: true: remove one of them";
  if (feed.owner === "") return feed.unless === "" ? undefined : "unless needs an owner";
  const field = message.fields.find(({ name }) => name === feed.owner);
  if (field?.scalar === ScalarType.STRING && field.fieldKind === "scalar" && !field.oneof) return undefined;
  return `owner: ${message.name} has no singular string field ${JSON.stringify(feed.owner)}`;
}

function nameProblem(name: string, service: DescService | undefined, taken: ReadonlyMap<string, string>) {
  if (!service) return "no service of the package owns the event, so that no router can have the subscription";
  if (!nameForm.test(name)) {
    return `name: ${JSON.stringify(name)} is no name of a procedure: use letters and digits, such as onOrderPlaced`;
  }
  const method = service.methods.find((one) => methodName(one) === name);
  if (method) return `name: ${service.name} has a method ${method.name}, which is ${name} too: choose another`;
  const other = taken.get(`${service.typeName} ${name}`);
  return other && `name: ${name} is already that of the feed of ${other}: choose another`;
}
