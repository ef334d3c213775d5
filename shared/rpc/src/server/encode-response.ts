import { type MessageType, violations } from "@mesh/contracts";
import { isText, unpaired } from "@mesh/contracts/json-forms";
import { copier, type FindFault, faultFinder, lax, type ResponseFault } from "@mesh/contracts/schema";
import { encodePooled, PooledWriter } from "../pooled-writer.ts";

/** Writes a response. @throws Error naming the first field that can't be sent */
export type WriteResponse<M> = (response: unknown) => M;

/**
 * Makes what writes the responses of a method as bytes. It checks what no rule can change: the ranges of well-known types, and that
 * texts are UTF-8. A client would reject bytes without these, or a surface could not return them. The rules of the contract
 * don't count, so that data which is older than a rule can still be read.
 */
export function responseEncoder(output: MessageType<unknown>): WriteResponse<Uint8Array> {
  return responseWriter(output, (response) => encodePooled(output, response, writer));
}

/** Makes what copies the responses of a method for a caller in this process. It checks the same. */
export function responseCopier(output: MessageType<unknown>): WriteResponse<unknown> {
  return responseWriter(output, (response) => copier(output.schema)(response));
}

function responseWriter<M>(output: MessageType<unknown>, write: WriteResponse<M>): WriteResponse<M> {
  // Made with the first response: a schema builds nothing before it is used.
  let find: FindFault | undefined;
  return (response) => {
    find ??= faultFinder(output.schema) ?? (() => undefined);
    const fault = find(response);
    if (fault) throw notSendable(output, fault);
    try {
      return write(response);
    } catch (cause) {
      const wrong = faultOfType(output, response);
      throw wrong ? notSendable(output, wrong) : cause;
    }
  };
}

/** Rejects what the base class would change: it writes U+FFFD for half of a surrogate pair, and "undefined". */
class TextWriter extends PooledWriter {
  override string(value: unknown): this {
    if (!isText(value)) throw new TypeError(typeof value === "string" ? `a text ${unpaired}` : "a text is missing");
    return super.string(value);
  }
}

const writer = new TextWriter();

/** Returns the first value that doesn't have the type of its field. */
function faultOfType({ schema }: MessageType<unknown>, response: unknown): ResponseFault | undefined {
  const { error } = lax(schema).safeParse(response);
  return error && violations(error)[0];
}

function notSendable({ typeName }: MessageType<unknown>, { field, description }: ResponseFault): Error {
  return new TypeError(`the handler returned no valid ${typeName}: ${field === "" ? "" : `${field}: `}${description}`);
}
