import { connect, createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { AlreadyRunningError, claimClone, runningProcess } from "./claim.ts";

test("one process at a time can claim a clone; another one learns its process id", async () => {
  const root = `/claim/${crypto.randomUUID()}`;
  expect(await runningProcess(root)).toBeUndefined();
  const claim = await claimClone(root, () => {});
  expect(await runningProcess(root)).toBe(process.pid);
  await expect(claimClone(root, () => {})).rejects.toThrow(AlreadyRunningError);
  claim.close();
  (await claimClone(root, () => {})).close();
});

test("a claim skips a port that another server has", async () => {
  const root = `/claim/${crypto.randomUUID()}`;
  const first = await claimClone(root, () => {});
  first.close();
  const other = createServer((socket) => socket.end('{"someone":"else"}\n'));
  await new Promise<void>((resolve) => other.listen(first.port, "127.0.0.1", resolve));
  const claim = await claimClone(root, () => {});
  expect(claim.port).not.toBe(first.port);
  expect(await runningProcess(root)).toBe(process.pid);
  claim.close();
  other.close();
});

test("invalid requests, such as those of a browser, get no response", async () => {
  const onRequest = vi.fn();
  const claim = await claimClone(`/claim/${crypto.randomUUID()}`, onRequest);
  for (const text of ["POST / HTTP/1.1\r\n\r\n", "[]\n", '{"run":1}\n', "null\n"]) {
    expect(await send(claim.port, text)).toBe("");
  }
  expect(onRequest).not.toHaveBeenCalled();
  claim.close();
});

function send(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let response = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      response += data;
    });
    socket.once("close", () => resolve(response));
  });
}
