import type { ServiceDefinition } from "@mesh/contracts";
import { expect, inject, onTestFinished, test } from "vitest";
import { EchoService, type EchoTypes } from "../fixtures/echo.ts";
import { spawnReplica, TestDiscovery } from "../fixtures/replicas.ts";
import { connect } from "./index.ts";

/** The echo service, whose stream goes on after the number of a request. */
const resumable: ServiceDefinition<EchoTypes> = {
  ...EchoService,
  methods: Object.fromEntries(
    Object.entries(EchoService.methods).map(([name, method]) => [
      name,
      name === "down" ? { ...method, resume: { request: "number", response: ["number"] } } : method,
    ]),
  ),
};

const last = 3_000;

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a stream whose process gets %s goes on at another one: all responses arrive once, in order",
  async (signal) => {
    const replicas = await Promise.all([spawnReplica("a"), spawnReplica("b")]);
    const discovery = new TestDiscovery();
    discovery.set(replicas);
    const { client, close } = connect(resumable, { address: discovery, mux: inject("mux") });
    onTestFinished(close);
    const numbers: number[] = [];
    const names = new Set<string>();
    let ending: Promise<void> | undefined;
    for await (const { text, number } of client.down({ text: String(last), number: 0 }, { timeoutMs: 60_000 })) {
      numbers.push(number);
      names.add(text);
      if (number === 100) ending = replicas.find(({ id }) => id === text)?.signal(signal);
    }
    await ending;
    expect(numbers).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(names.size).toBe(2);
  },
);
