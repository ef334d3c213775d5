import { expect, onTestFinished, test } from "vitest";
import type { Job } from "./job.ts";
import { Workers } from "./workers.ts";

/** A job that no thread survives: its file can't be read. */
const broken: Job = {
  part: "files",
  options: { types: "", mesh: "" },
  names: [],
  descriptors: [Uint8Array.of(0xff)],
  output: "",
  draft: "",
};

test("the error of a thread fails the jobs that wait, and later ones", async () => {
  const workers = new Workers();
  onTestFinished(() => workers.close());
  const jobs = Array.from({ length: 10 }, () => broken);
  await expect(workers.run(jobs)).rejects.toThrow(/premature|varint/i);
  await expect(workers.run([broken])).rejects.toThrow(/premature|varint/i);
});
