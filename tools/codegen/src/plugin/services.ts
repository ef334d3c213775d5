import type { DescField, DescFile, DescMethod, DescService } from "@bufbuild/protobuf";
import { createImportSymbol, type GeneratedFile, type Printable } from "@bufbuild/protoplugin";
import { type CatalogueCache, cacheOf } from "../catalogue/cache.ts";
import { callersOf } from "../catalogue/callers.ts";
import { feedsOf } from "../catalogue/feed.ts";
import { downloadOf, uploadOf } from "../catalogue/files.ts";
import { type CatalogueRoute, idempotencyKeyOf, routesOf } from "../catalogue/http.ts";
import { errorEnumOf, idempotencyOf, scopesOf } from "../catalogue/method.ts";
import type { MeshOptions } from "../catalogue/options.ts";
import { type CatalogueOwner, ownerOf } from "../catalogue/owner.ts";
import { rateLimitOf } from "../catalogue/rate-limit.ts";
import { resumeOf } from "../catalogue/resume.ts";
import { shareOf } from "../catalogue/share.ts";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { methodName, serviceIdentifier } from "../names.ts";
import { documentation, property, text } from "../printing.ts";
import { errorsValue } from "./errors.ts";
import { eventValue } from "./events.ts";
import type { Generation } from "./generation.ts";
import { messageValue } from "./messages.ts";
import { declared, printHeader, startModule } from "./module.ts";
import { printServiceTypes } from "./service-types.ts";

/** Generates `orders.services.js`: a value for each service with its methods, and its types. */
export function generateServices(file: DescFile, generation: Generation): void {
  if (file.services.length === 0) return;
  const module = startModule(generation.schema, `${file.name}.services`);
  printHeader(module, file);
  for (const service of file.services) {
    printDefinition(module.js, service, generation);
    printServiceTypes(module.dts, service, generation);
    printDeclaration(module.dts, service);
  }
}

function printDefinition(js: GeneratedFile, service: DescService, generation: Generation): void {
  const define = createImportSymbol("defineService", "@mesh/contracts");
  const { names } = generation;
  const methods = service.methods.map((method) => methodEntry(method, generation));
  js.print(
    "export const ",
    nameOf(service),
    " = /*@__PURE__*/ ",
    define,
    "(",
    text(service.typeName),
    `, { name: ${text(names.serviceName(service))}, slug: ${text(names.serviceSlug(service))} }, {\n`,
    methods,
    ["}", feedsValue(service, generation), ");\n"],
  );
}

/** Returns the last argument of a definition: the feeds of the service's events, if it has any. */
function feedsValue(service: DescService, { files, options, names }: Generation): Printable {
  const feeds = feedsOf(service, files, options, names).map(({ message, name, scopes, owner }) => {
    const who = owner ? JSON.stringify(owner) : "undefined";
    return [
      `  ${property(name)}: { event: `,
      eventValue(message),
      `, scopes: ${JSON.stringify(scopes)}, owner: ${who} },\n`,
    ];
  });
  return feeds.length === 0 ? [] : [", {\n", feeds, "}"];
}

function nameOf(service: DescService): Printable {
  return declared(serviceIdentifier(service), `${service.file.name}.services`);
}

function methodEntry(method: DescMethod, { files, options }: Generation): Printable {
  const option = options.method(method);
  const errors = errorEnumOf(method, files, options);
  const resume = resumeOf(method, options);
  const cache = cacheOf(method, files, options);
  const share = shareOf(method, options);
  const owner = ownerOf(method, files, options);
  const gateway = option?.gateway ? gatewayValue(method, options) : "undefined";
  return [
    `  ${property(methodName(method))}: {\n`,
    `    name: ${text(method.name)},\n    kind: ${text(method.methodKind)},\n`,
    ["    input: ", messageValue(method.input), ",\n    output: ", messageValue(method.output), ",\n"],
    `    idempotency: ${text(idempotencyOf(method))},\n    deadlineMs: ${option?.deadlineMs || "undefined"},\n`,
    `    gateway: ${gateway},\n    callers: ${JSON.stringify(callersOf(method, options))},\n`,
    ["    errors: ", errors ? errorsValue(errors) : "undefined", ",\n"],
    resume ? `    resume: ${JSON.stringify(resume)},\n` : "",
    owner ? ownerValue(owner) : "",
    option?.coalesce ? "    coalesce: true,\n" : "",
    cache ? ["    cache: ", cacheValue(cache), ",\n"] : "",
    share ? `    share: ${JSON.stringify(share)},\n` : "",
    [`    http: ${routesValue(routesOf(method, options))},\n  },\n`],
  ];
}

function gatewayValue(method: DescMethod, options: MeshOptions): string {
  const more = {
    rateLimit: rateLimitOf(method, options),
    upload: uploadOf(method, options),
    download: downloadOf(method, options),
  };
  const members = Object.entries(more).map(([key, value]) => value && `, ${key}: ${JSON.stringify(value)}`);
  return `{ scopes: ${JSON.stringify(scopesOf(method, options))}${members.join("")} }`;
}

function cacheValue({ ttlMs, perUser, invalidatedBy }: CatalogueCache): Printable {
  const events = invalidatedBy.map((event, at) => [at > 0 ? ", " : "", eventValue(event)]);
  return [`{ ttlMs: ${ttlMs}, perUser: ${perUser}, invalidatedBy: [`, events, "] }"];
}

/** Prints the owner with the function that makes the error for objects of others. */
function ownerValue({ notFound, ...fields }: CatalogueOwner): Printable {
  const members = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  if (!notFound) return `    owner: { ${members.join(", ")} },\n`;
  const { errors, reason, metadata } = notFound;
  const given = metadata.map(([key, field]) => `${text(key)}: request[${text(field)}]`).join(", ");
  const error = [errorsValue(errors), `[${text(reason.key)}]({ ${given} })`];
  return [`    owner: { ${members.join(", ")}, notFound: (request) => `, error, " },\n"];
}

function routesValue(routes: readonly CatalogueRoute[]): string {
  const values = routes.map(({ method, httpMethod, path, template, body, responseBody }) => {
    const parts = { method: httpMethod, path, ...template };
    const fields = { body: body === "*" ? body : nameOrNothing(body), responseBody: nameOrNothing(responseBody) };
    const idempotencyKey = nameOrNothing(idempotencyKeyOf(method));
    return `\n      ${JSON.stringify({ ...parts, ...fields, idempotencyKey })},`;
  });
  return values.length === 0 ? "[]" : `[${values.join("")}\n    ]`;
}

function nameOrNothing(field: DescField | undefined): string {
  return field?.name ?? "";
}

function printDeclaration(dts: GeneratedFile, service: DescService): void {
  const definition = createImportSymbol("ServiceDefinition", "@mesh/contracts", true);
  const about = documentation(commentOf(service));
  const types = declared(`${serviceIdentifier(service)}Types`, `${service.file.name}.services`);
  dts.print(about, "export declare const ", mark(service), nameOf(service), ": ", definition, "<", types, ">;\n");
}
