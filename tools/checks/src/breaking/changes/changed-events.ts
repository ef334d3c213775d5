import type { DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { feedName } from "@mesh/codegen/catalogue/feed";
import { scopeList } from "@mesh/codegen/catalogue/method";
import { type EventOption, type FeedOption, optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";

const affected: ReadonlySet<ContractUser> = new Set(["event consumers", "stored events"]);
const fix = "revert it, and publish a second event until no service consumes this one";

/** Finds the events whose subject or key changed, and messages that are no longer events. Buf finds removed messages. */
export function changedEvents(before: Contracts, after: Contracts): Break[] {
  return [...before.registry.files]
    .flatMap((file) => [...nestedTypes(file)])
    .flatMap((old) => {
      const option = old.kind === "message" ? before.options.event(old) : undefined;
      const now = option && after.registry.getMessage(old.typeName);
      return now ? changedEvent(now, option, after.options.event(now)) : [];
    });
}

function changedEvent(event: DescMessage, was: EventOption, is: EventOption | undefined): Break[] {
  if (!is) {
    const what = `${event.name} is no longer an event`;
    return [{ position: positionOf(event), isOld: false, what, affected, fix }];
  }
  return [...changedParts(event, was, is), ...changedConsumers(event, was, is), ...changedFeed(event, was, is)];
}

function changedParts(event: DescMessage, was: EventOption, is: EventOption): Break[] {
  return (["subject", "key"] as const).flatMap((part) => {
    if (is[part] === was[part]) return [];
    const path = part === "subject" ? optionPaths.eventSubject : optionPaths.eventKey;
    const what = `the ${part} of the event ${event.name} is ${is[part]}, was ${was[part]}`;
    return [{ position: positionOfOption(event, path), isOld: false, what, affected, fix }];
  });
}

/** Finds a feed that is gone, has another name, or is for fewer subscribers. */
function changedFeed(event: DescMessage, { feed: was }: EventOption, { feed: is }: EventOption): Break[] {
  const what = was && changeOfFeed(event, was, is);
  const looser = was && is && looserFeed(event, was, is);
  const position = positionOfOption(event, is ? optionPaths.eventFeed : optionPaths.event);
  const found: Break[] = [];
  if (what) {
    const fix = "revert it until no external client subscribes";
    found.push({ position, isOld: false, what, affected: new Set(["tRPC clients"]), fix });
  }
  if (looser) {
    const fix = "keep the owner, unless the events may be read by all who have the scopes";
    found.push({ position, isOld: false, what: looser, affected: new Set(["owners of objects"]), fix });
  }
  return found;
}

/** Returns who receives the events of others now, and did not. */
function looserFeed(event: DescMessage, was: FeedOption, is: FeedOption): string | undefined {
  if (was.owner === "") return undefined;
  if (is.owner === "")
    return `the feed of ${event.name} gives all subscribers the events that had the owner ${was.owner}`;
  if (is.unless === "" || is.unless === was.unless) return undefined;
  return `the feed of ${event.name} gives subscribers with the scope ${is.unless} the events of all`;
}

function changeOfFeed(event: DescMessage, was: FeedOption, is: FeedOption | undefined): string | undefined {
  if (!is) return `${event.name} is no longer a feed`;
  const [before, after] = [was, is].map((feed) => feedName(event, feed));
  if (before !== after) return `the feed of ${event.name} is ${after}, was ${before}`;
  const added = scopeList(is.scopes).filter((scope) => !scopeList(was.scopes).includes(scope));
  if (added.length > 0) return `the feed of ${event.name} requires more scopes: ${added.join(" ")}`;
  if (is.owner === was.owner || is.owner === "") return undefined;
  return `the feed of ${event.name} has the owner ${is.owner}, was ${was.owner || "everyone"}`;
}

function changedConsumers(event: DescMessage, { consumers: was = [] }: EventOption, is: EventOption): Break[] {
  const { consumers = [] } = is;
  const lost = was.filter((name) => !consumers.includes(name));
  if (consumers.length === 0 || (was.length > 0 && lost.length === 0)) return [];
  const before = was.length === 0 ? "any service may" : `${lost.join(", ")} may`;
  return [
    {
      position: positionOfOption(event, optionPaths.eventConsumers),
      isOld: false,
      what: `${event.name} may be consumed by ${consumers.join(", ")} only, before ${before}`,
      affected: new Set(["event consumers"]),
      fix: "list all services that consume it",
    },
  ];
}
