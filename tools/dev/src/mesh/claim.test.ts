import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import { AlreadyRunningError, claimClone, runningProcess } from "./claim.ts";

test("one process at a time has a clone; another learns which", async () => {
  const root = `/claim/${crypto.randomUUID()}`;
  expect(await runningProcess(root)).toBeUndefined();
  const claim = await claimClone(root, () => {});
  expect(await runningProcess(root)).toBe(process.pid);
  await expect(claimClone(root, () => {})).rejects.toThrow(AlreadyRunningError);
  claim.close();
  (await claimClone(root, () => {})).close();
});

test("a port that belongs to another clone is passed over", async () => {
  const root = `/claim/${crypto.randomUUID()}`;
  const first = await claimClone(root, () => {});
  // Listens where the clone's own port would be, and has another name.
  first.close();
  const { createServer } = await import("node:net");
  const other = createServer((socket) => socket.end('{"someone":"else"}\n'));
  await new Promise<void>((resolve) => other.listen(first.port, "127.0.0.1", resolve));
  const claim = await claimClone(root, () => {});
  expect(claim.port).not.toBe(first.port);
  expect(await runningProcess(root)).toBe(process.pid);
  claim.close();
  other.close();
});

test("what is no request is not answered, such as a browser's", async () => {
  const onRequest = vi.fn();
  const claim = await claimClone(`/claim/${crypto.randomUUID()}`, onRequest);
  for (const text of ["POST / HTTP/1.1\r\n\r\n", "[]\n", '{"run":1}\n', "null\n"]) {
    expect(await say(claim.port, text)).toBe("");
  }
  expect(onRequest).not.toHaveBeenCalled();
  claim.close();
});

function say(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      answer += data;
    });
    socket.once("close", () => resolve(answer));
  });
}
