import type { DescMessage } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { type EventOption, optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Break, Who } from "./break.ts";
import type { Contracts } from "./contracts.ts";

const who: ReadonlySet<Who> = new Set(["event consumers", "stored events"]);
const mend = "take it back, and publish another event beside this one until nobody consumes it";

/** What changed of how events travel; a message that was removed buf finds. */
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
  if (!is)
    return [{ position: positionOf(event), isOld: false, what: `${event.name} is no event any more`, who, mend }];
  return (["subject", "key"] as const).flatMap((part) => {
    if (is[part] === was[part]) return [];
    const path = part === "subject" ? optionPaths.eventSubject : optionPaths.eventKey;
    const what = `the event ${event.name} has the ${part} ${is[part]}, was ${was[part]}`;
    return [{ position: positionOfOption(event, path), isOld: false, what, who, mend }];
  });
}
