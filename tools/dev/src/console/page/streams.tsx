import { useState } from "preact/hooks";
import type { DeadLetterRow, StreamList, StreamRow } from "../shapes.ts";
import * as format from "./format.ts";
import { pathOf } from "./router.ts";
import { Empty, Problem, Title } from "./ui.tsx";
import { replay, useApi } from "./use-api.ts";

/** The streams with their consumers, and the dead letters. */
export function StreamsView() {
  const loaded = useApi<StreamList>("streams", 3_000);
  const streams = loaded.value?.streams.filter(({ isBucket }) => !isBucket) ?? [];
  const buckets = loaded.value?.streams.filter(({ isBucket }) => isBucket) ?? [];
  const lag = streams.flatMap(({ consumers }) => consumers).reduce((sum, consumer) => sum + consumer.lag, 0);
  return (
    <>
      <Title
        note={loaded.value && (lag === 0 ? "every consumer is up to date" : `${format.things(lag, "event")} behind`)}
      >
        Streams
      </Title>
      <Problem of={loaded} />
      {loaded.value && streams.length === 0 && <Empty title="No service has published an event yet" />}
      <div class="grid wide">
        {streams.map((stream) => (
          <StreamCard key={stream.name} stream={stream} />
        ))}
      </div>
      {loaded.value && <DeadLetters letters={loaded.value.deadLetters} />}
      {buckets.length > 0 && <Buckets buckets={buckets} />}
    </>
  );
}

function StreamCard({ stream }: { stream: StreamRow }) {
  const { name, subjects, messages, bytes, maxBytes, lastAt, consumers } = stream;
  const fill = maxBytes === null ? undefined : bytes / maxBytes;
  return (
    <article class="card stream" aria-label={name}>
      <div class="card-head">
        <h2>{name}</h2>
        <p class="label soft">{subjects.join(", ")}</p>
        <p class="label">
          {format.things(messages, "message")}, {format.bytes(bytes)}
          {fill !== undefined && `, ${format.share(fill)} full`}
          {lastAt && `, the last ${format.ago(Date.parse(lastAt))}`}
        </p>
      </div>
      {consumers.length === 0 ? (
        <p class="label soft methods">No consumer.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>consumer</th>
              <th>lag</th>
              <th>in work</th>
              <th>again</th>
            </tr>
          </thead>
          <tbody>
            {consumers.map((consumer) => (
              <tr key={consumer.name}>
                <td title={consumer.subjects.join(", ")}>{consumer.name}</td>
                <td class={consumer.lag > 0 ? "strong" : ""}>{format.count(consumer.lag)}</td>
                <td>{format.count(consumer.pending)}</td>
                <td class={consumer.redelivered > 0 ? "alarm" : ""}>{format.count(consumer.redelivered)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}

function DeadLetters({ letters }: { letters: readonly DeadLetterRow[] }) {
  return (
    <>
      <h2 class="section">Dead letters</h2>
      {letters.length === 0 && <Empty title="None">An event that a consumer can't handle comes here.</Empty>}
      {letters.length > 0 && (
        <ol class="rows letters">
          {letters.map((letter) => (
            <li key={letter.sequence}>
              <p>
                <strong>{letter.subject}</strong> <span class="label soft">{format.ago(Date.parse(letter.at))}</span>
              </p>
              <p class="alarm">{letter.reason}</p>
              <p class="label soft">
                {letter.consumer}, at attempt {letter.deliveries}
                {letter.traceId && (
                  <>
                    , <a href={pathOf("traces", letter.traceId)}>its trace</a>
                  </>
                )}
              </p>
              <ReplayButton letter={letter} />
              <details>
                <summary class="label">Payload</summary>
                <pre>{letter.payload}</pre>
              </details>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** The letter stays in the stream. A service has it in its database until it is replayed, for 30 days. */
function ReplayButton({ letter: { consumer, id } }: { letter: DeadLetterRow }) {
  const [state, setState] = useState<"idle" | "running" | "done" | "failed">("idle");
  const run = async () => {
    setState("running");
    await replay(consumer, id).then(
      () => setState("done"),
      () => setState("failed"),
    );
  };
  const text = { idle: "Replay", running: "Replaying…", done: "Is tried again", failed: "Not there any more" }[state];
  return (
    <button type="button" class="pill" disabled={state !== "idle"} onClick={run} aria-label={`${text}: ${id}`}>
      {text}
    </button>
  );
}

function Buckets({ buckets }: { buckets: readonly StreamRow[] }) {
  return (
    <>
      <h2 class="section">Buckets</h2>
      <div class="box scroll">
        <table>
          <thead>
            <tr>
              <th>bucket</th>
              <th>entries</th>
              <th>size</th>
              <th>last change</th>
            </tr>
          </thead>
          <tbody>
            {buckets.map(({ name, messages, bytes, lastAt }) => (
              <tr key={name}>
                <td>{name.replace(/^(KV|OBJ)_/, "")}</td>
                <td>{format.count(messages)}</td>
                <td>{format.bytes(bytes)}</td>
                <td>{lastAt ? format.ago(Date.parse(lastAt)) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
