import { type CallError, isPassing } from "@mesh/contracts/client";
import { sentenceOf } from "./failure.ts";

/** Describes an error. In development, one with an id has a link to its trace in the console of the mesh. */
export function FailureText({ error }: { error: CallError }) {
  const id = import.meta.env.DEV && !isPassing(error) ? error.data?.id : undefined;
  return (
    <>
      {sentenceOf(error)}
      {id && (
        <>
          {" "}
          <a href={`/console/traces/${id}`} target="_blank" rel="noreferrer" className="whitespace-nowrap underline">
            Show its trace
          </a>
        </>
      )}
    </>
  );
}
