import { buildApps, type RunningMesh, startMesh } from "@mesh/testing";
import { expect } from "vitest";
import type { Clone } from "./clone.ts";
import { edit, type Instruction } from "./follow.ts";
import { inWordsOf, jsonValues } from "./walk.ts";

/** Follows pages in a clone, in order: edits files, runs commands, and compares their output with that of the page. */
export class Guide implements AsyncDisposable {
  readonly #clone: Clone;
  /** The variables of the shell, which later commands use. */
  readonly #variables = new Map<string, string>();
  /** The ids of the page by those of the run. */
  readonly #ids = new Map<string, string>();
  #mesh: RunningMesh | undefined;

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  /** The mesh that `npm start` has started. */
  get mesh(): RunningMesh {
    if (!this.#mesh) throw new Error("the page has not started the mesh");
    return this.#mesh;
  }

  /** @param skipped lines of commands that are not run */
  async follow(instructions: readonly Instruction[], skipped: readonly string[] = []): Promise<void> {
    for (const instruction of instructions) {
      if (instruction.kind !== "commands") await edit(this.#clone.root, instruction);
      else if (instruction.text === "npm start\n") await this.#start();
      else await this.#run(instruction, skipped);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mesh?.close();
  }

  /** Starts the mesh on ports of its own, as `npm start` does on those of the page. */
  async #start(): Promise<void> {
    await buildApps(this.#clone.root);
    this.#mesh = await startMesh({ root: this.#clone.root, seed: true });
  }

  async #run({ text, output }: Extract<Instruction, { kind: "commands" }>, skipped: readonly string[]): Promise<void> {
    const lines = text.split("\n").filter((line) => !skipped.includes(line));
    const commands = lines.join("\n").replaceAll("http://localhost:4000", this.#mesh?.gatewayUrl ?? "");
    const print = '\necho "product=$product" >&2\n';
    const env = Object.fromEntries(this.#variables);
    const called = await this.#clone.call("sh", ["-e", "-c", `${commands}${print}`], env);
    expect([commands, called]).toEqual([commands, expect.objectContaining({ code: 0 })]);
    this.#variables.set("product", /product=(.*)$/m.exec(called.output)?.[1] ?? "");
    if (output === undefined) return;
    const json = called.output.replace(/product=.*\n$/, "");
    const said = jsonValues(output);
    expect({ commands, output: inWordsOf(said, jsonValues(json), this.#ids) }).toEqual({ commands, output: said });
  }
}
