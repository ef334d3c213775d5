import { MeshError, type MethodDefinition, type MethodResume } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";

/** Characters that a header or an event of a stream can't carry. */
const unsafe = /[^ -~]/g;

/** The longest id that is read, in characters. */
const maxLength = 2_000;

/** Returns the id of a position in a stream: its JSON, in printable ASCII. `2`, `"~d1764495600000"`. */
function idOf(position: unknown): string {
  const text = JSON.stringify(transformer.serialize(position));
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @throws if the text is no id */
function positionOf(id: unknown): unknown {
  if (typeof id !== "string" || id.length > maxLength) throw new TypeError("an id is a short text");
  return transformer.deserialize(JSON.parse(id));
}

/**
 * Returns the function that makes the id of each message of one stream: the value of the field that `resume.response` names.
 * A message without a value has the id of the message before it.
 */
export function eventIds({ response }: MethodResume): (message: unknown) => string {
  let last = idOf(undefined);
  return (message) => {
    const position = response.reduce<unknown>((scope, key) => Reflect.get(Object(scope), key), message);
    if (position !== undefined) last = idOf(position);
    return last;
  };
}

/**
 * Reads the request of a stream that goes on after a message, and checks its rules.
 *
 * @param lastEventId the id of that message; undefined or null: the stream begins as the request says
 * @throws MeshError INVALID_ARGUMENT if it is no id of the method's messages
 * @throws ZodError if another part of the request breaks a rule
 */
export function resumedRequest(method: MethodDefinition, request: unknown, lastEventId: unknown): unknown {
  const { schema } = method.input;
  const { resume } = method;
  if (!resume || lastEventId === undefined || lastEventId === null) return schema.parse(request);
  let position: unknown;
  try {
    position = positionOf(lastEventId);
  } catch (cause) {
    throw foreignId(method, cause);
  }
  const result = schema.safeParse({ ...Object(request), [resume.request]: position });
  if (result.success) return result.data;
  const isForeign = result.error.issues.some(({ path }) => path[0] === resume.request);
  throw isForeign ? foreignId(method, result.error) : result.error;
}

function foreignId({ name }: MethodDefinition, cause: unknown): MeshError {
  const message = `the last event id is not that of a message of ${name}: leave it out to start from the beginning`;
  return new MeshError({ code: "INVALID_ARGUMENT", message, cause });
}
