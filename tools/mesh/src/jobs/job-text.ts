import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { jobsOf } from "@mesh/codegen/catalogue/job";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Job } from "@mesh/contracts/protocols/mesh/jobs/v1/index";
import type { Catalogue } from "../contracts/catalogue.ts";

/** A job in JSON. */
export function jobJson(service: string, job: Job, catalogue: Catalogue): Record<string, JsonValue> {
  const { createdAt, startAt, startedAt, endedAt, payload, result, done, total, note, ...rest } = job;
  const found = jobIn(job.name, catalogue);
  return {
    service,
    ...rest,
    ...times({ createdAt, startAt, startedAt, endedAt }),
    payload: messageJson(found?.message, payload, catalogue),
    ...(result.length > 0 && { result: messageJson(found?.result, result, catalogue) }),
    ...(total + done > 0 && { progress: { done, total, note } }),
  };
}

/** A time as the tables have it: `2026-01-31 12:00:00`, in UTC. */
export function timeText(time: Date | undefined): string {
  return time ? time.toISOString().slice(0, 19).replace("T", " ") : "-";
}

/** The progress of a job as a table has it. */
export function progressText({ done, total, note }: Job): string {
  if (done + total === 0) return "-";
  return `${done}${total > 0 ? `/${total}` : ""}${note === "" ? "" : ` ${note}`}`;
}

function jobIn(name: string, { registry }: Catalogue) {
  const files = [...registry.files];
  const options = new MeshOptions(registry);
  return files.flatMap((file) => jobsOf(file, files, options)).find(({ message }) => message.typeName === name);
}

type Message = NonNullable<ReturnType<typeof jobIn>>["message"];

/** Bytes of a message that the contracts here do not have are base64. */
function messageJson(desc: Message | undefined, bytes: Uint8Array, { registry }: Catalogue): JsonValue {
  if (!desc) return Buffer.from(bytes).toString("base64");
  return toJson(desc, fromBinary(desc, bytes), { registry });
}

function times(all: Readonly<Record<string, Date | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).flatMap(([key, time]) => (time ? [[key, time.toISOString()]] : [])));
}
