import { createServer, type IncomingHttpHeaders } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { keepCookies } from "./keep-cookies.ts";

/** Serves a response that sets these cookies, and returns the headers that it received. */
async function open(setCookies: readonly string[][]) {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const cookies = setCookies[received.push(request.headers) - 1] ?? [];
    response.writeHead(204, { "set-cookie": [...cookies] }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the server has no port");
  return { url: `http://127.0.0.1:${address.port}/`, received };
}

/** Sends a request for each response of a server, and returns the cookies that each had. */
async function cookiesSent(...setCookies: string[][]): Promise<(string | undefined)[]> {
  const { url, received } = await open(setCookies);
  const send = keepCookies();
  for (const _ of setCookies) await send(url);
  return received.map(({ cookie }) => cookie);
}

test("a cookie is sent until another replaces it", async () => {
  const sent = await cookiesSent(["a=1; HttpOnly", "b=x=y"], ["a=2; Max-Age=60"], []);
  expect(sent).toEqual([undefined, "a=1; b=x=y", "a=2; b=x=y"]);
});

test.each([
  ["a=; Max-Age=0", undefined],
  ["a=; path=/; max-age=-1", undefined],
  ["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", undefined],
  ["a=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", "a=2"],
  ["a=2; Expires=Thu, 01 Jan 9970 00:00:00 GMT", "a=2"],
  ["a=2; Expires=Thu, 01 Jan 9970 00:00:00 GMT; Max-Age=0", undefined],
  ["a=2; Expires=soon; Max-Age=long", "a=2"],
])("after Set-Cookie: %s, the cookie is %s", async (text, sent) => {
  expect(await cookiesSent(["a=1"], [text], [])).toEqual([undefined, "a=1", sent]);
});

test("the headers of a request are kept, unless init has others", async () => {
  const { url, received } = await open([["a=1"]]);
  const send = keepCookies();
  const request = () => new Request(url, { headers: { "x-one": "1" } });
  await send(request());
  await send(request());
  await send(request(), { headers: { "x-two": "2" } });
  await send(new Request(url, { headers: { cookie: "own=1" } }));
  expect(received.map((headers) => [headers["x-one"], headers["x-two"], headers.cookie])).toEqual([
    ["1", undefined, undefined],
    ["1", undefined, "a=1"],
    [undefined, "2", "a=1"],
    [undefined, undefined, "own=1"],
  ]);
});
