import { expect, test } from "vitest";
import { collect, echo, notes } from "../fixtures/servers.ts";

test("a unary call gives the response, and defaults are filled in", async () => {
  const { client } = await echo();
  expect(await client.unary({ text: "hello" })).toMatchObject({ text: "hello", number: 0 });
});

test("a server stream gives each message and ends", async () => {
  const { client } = await echo();
  const list = await collect(client.down({ text: "x", number: 3 }));
  expect(list.map(({ number }) => number)).toEqual([0, 1, 2]);
});

test("a client stream takes each message and gives one response", async () => {
  const { client } = await echo();
  expect(await client.up(notes(1, 2, 3))).toMatchObject({ text: "sum", number: 6 });
});

test("a bidirectional stream answers while it is asked", async () => {
  const { client } = await echo();
  let answered = 0;
  async function* oneByOne() {
    for (let number = 1; number <= 3; number++) {
      yield { number };
      // The next is sent only after the answer to this one.
      await expect.poll(() => answered).toBe(number);
    }
  }
  const answers: number[] = [];
  for await (const { number } of client.both(oneByOne())) {
    answers.push(number);
    answered += 1;
  }
  expect(answers).toEqual([2, 4, 6]);
});

test("empty streams are no errors", async () => {
  const { client } = await echo();
  expect(await collect(client.down({ number: 0 }))).toEqual([]);
  expect(await client.up(notes())).toMatchObject({ number: 0 });
  expect(await collect(client.both(notes()))).toEqual([]);
});

test("a handler may answer a client stream before it has ended", async () => {
  let isSourceDone = false;
  async function* endless() {
    try {
      for (let number = 0; ; number++) yield { number };
    } finally {
      isSourceDone = true;
    }
  }
  const { client } = await echo({
    async up(requests) {
      for await (const { number } of requests) if (number === 10) return { text: "enough", number };
      return { text: "all", number: 0 };
    },
  });
  expect(await client.up(endless())).toMatchObject({ text: "enough", number: 10 });
  await expect.poll(() => isSourceDone).toBe(true);
});
