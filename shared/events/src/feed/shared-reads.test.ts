import { expect, test } from "vitest";
import { SharedReads } from "./shared-reads.ts";

/** Reads that end when they are let go, and the keys of those that began. */
function openReads(maxWaiting = 10) {
  const reads = new SharedReads<string>(maxWaiting);
  const begun: string[] = [];
  let end = () => {};
  return {
    begun,
    /** Ends the read that runs. */
    end: () => end(),
    join(key: string, signal = new AbortController().signal) {
      return reads.join(key, signal, async () => {
        begun.push(key);
        await new Promise<void>((resolve) => {
          end = resolve;
        });
        return `page ${key}`;
      });
    },
  };
}

test("reads run one after the other, and those of a key are one", async () => {
  const { begun, end, join } = openReads();
  const [a, b, c, again] = [join("a"), join("b"), join("b"), join("a")];
  expect(begun).toEqual(["a"]);
  end();
  expect(await Promise.all([a, again])).toEqual(["page a", "page a"]);
  await expect.poll(() => begun).toEqual(["a", "b"]);
  end();
  expect(await Promise.all([b, c])).toEqual(["page b", "page b"]);
  const later = join("a");
  expect(begun).toEqual(["a", "b", "a"]);
  end();
  expect(await later).toBe("page a");
});

test("a reader leaves immediately, and no read begins for readers that have left", async () => {
  const { begun, end, join } = openReads(1);
  const left = new AbortController();
  const running = join("a");
  const [one, other] = [join("b", left.signal), join("b", left.signal)];
  left.abort();
  expect(await Promise.all([one, other, join("c", left.signal)])).toEqual([undefined, undefined, undefined]);
  // It has the place of the one that was left.
  const last = join("d");
  end();
  expect(await running).toBe("page a");
  await expect.poll(() => begun).toEqual(["a", "d"]);
  end();
  expect(await last).toBe("page d");
});

test("a limited number of reads wait, for any number of readers", async () => {
  const { begun, end, join } = openReads(1);
  const waiting = [join("a"), join("b")];
  await expect(join("c")).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 1_000 });
  waiting.push(join("a"), join("b"));
  end();
  await expect.poll(() => begun).toEqual(["a", "b"]);
  end();
  expect(await Promise.all(waiting)).toEqual(["page a", "page b", "page a", "page b"]);
});

test("a read that fails does so for its readers only", async () => {
  const reads = new SharedReads<string>(10);
  const { signal } = new AbortController();
  const failing = reads.join("a", signal, () => Promise.reject(new Error("no page")));
  const next = reads.join("b", signal, async () => "page b");
  await expect(failing).rejects.toThrow("no page");
  expect(await next).toBe("page b");
});
