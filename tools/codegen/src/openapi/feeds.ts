import type { DescService } from "@bufbuild/protobuf";
import { type CatalogueFeed, feedsOf } from "../catalogue/feed.ts";
import { descriptionOf } from "../comment.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import type { Generation } from "../plugin/generation.ts";
import { exampleOf } from "./example.ts";
import { aboutOf, securityName } from "./operations.ts";
import { clean, lastEventId } from "./parameters.ts";
import { anyProblem, failuresOf } from "./responses.ts";

/** A feed of a service, which has a path of its own. */
export interface FeedRoute extends CatalogueFeed {
  readonly service: DescService;
  /** `/v1/feeds/orders/onOrderConfirmed` */
  readonly path: string;
}

/** Returns the routes of the feeds of services. */
export function feedRoutesOf(services: readonly DescService[], generation: Generation): FeedRoute[] {
  const { files, options, names } = generation;
  return services.flatMap((service) =>
    feedsOf(service, files, options, names).map((feed) => ({
      ...feed,
      service,
      path: `/v1/feeds/${names.serviceName(service)}/${feed.name}`,
    })),
  );
}

/** Returns the path items of feeds. */
export function feedPathsOf(
  routes: readonly FeedRoute[],
  tags: ReadonlyMap<DescService, string>,
  definitions: Definitions,
  generation: Generation,
) {
  return Object.fromEntries(
    routes.map((route) => {
      const tag = tags.get(route.service) ?? "";
      return [route.path, { get: operationOf(route, tag, definitions, generation) }] as const;
    }),
  );
}

const key = {
  name: "key",
  in: "query",
  description: "The key whose events are wanted, such as the id of an order. Default: those of all keys.",
  schema: { type: "string", minLength: 1, maxLength: 256 },
};

function operationOf({ message, name, scopes }: FeedRoute, tag: string, definitions: Definitions, of: Generation) {
  const event = definitions.reference(message);
  const example = exampleOf(message, "most", definitions, of.validator);
  const description = "Events as they are published: each once, in order, after the last one that the client has.";
  return clean({
    tags: [tag],
    operationId: `${tag.replaceAll(".", "_")}_${name}`,
    ...aboutOf(descriptionOf(message)),
    deprecated: message.deprecated || undefined,
    parameters: [key, lastEventId],
    responses: { "200": { description, content: contentOf(event, example) }, ...failuresOf([], scopes) },
    security: [{ [securityName]: scopes }],
  });
}

/** Returns the content of a feed. OpenAPI 3.1 has no keyword for the schema of an event: `x-itemSchema` is `itemSchema` of OpenAPI 3.2. */
function contentOf(event: JsonSchema, shown: unknown) {
  const data = {
    description: "The JSON of a message, or the problem that ends the feed, in an event of the type `problem`.",
    type: "string",
    contentMediaType: "application/json",
    contentSchema: { oneOf: [...messagesOf(event), anyProblem] },
  };
  const id = { type: "string", description: "Send it as Last-Event-ID to go on after this message." };
  const item = {
    type: "object",
    properties: { id, event: { enum: ["message", "problem"] }, data },
    required: ["data"],
  };
  const example =
    shown === undefined
      ? undefined
      : `id: 1764495600000-7\ndata: ${JSON.stringify({ type: "event", event: shown })}\n\n`;
  return { "text/event-stream": clean({ schema: { type: "string" }, "x-itemSchema": item, example }) };
}

function messagesOf(event: JsonSchema): JsonSchema[] {
  const message = (type: string, description: string, properties: Readonly<Record<string, JsonSchema>> = {}) => ({
    type: "object",
    description,
    properties: { type: { const: type }, ...properties },
    required: ["type", ...Object.keys(properties)],
    additionalProperties: false,
  });
  return [
    message("started", "The first message: all events after it follow."),
    message("event", "An event.", { event }),
    message("position", "There was nothing for this client for a while. Only the id counts."),
    message("reset", "Events may be missing: load the state again. All events after this message follow.", {
      reason: { enum: ["rebuilt", "expired"] },
    }),
  ];
}
