/** The parts of a test of a job. */
interface JobTest {
  readonly name: string;
  readonly module: string;
  /** The name of the service in the contract: `GreeterService`. */
  readonly definition: string;
  /** What the code exports: `greeter`. */
  readonly service: string;
  /** The file of the code: `service.ts`. */
  readonly code: string;
}

/** Returns jobs.test.ts: a job that is done, and one that can't be enqueued. */
export function jobTestFile({ name, module, definition, service, code }: JobTest): string {
  const names = [definition, name].sort().join(", ");
  return [
    `import { ${names} } from "${module}";`,
    'import { openTestService, type TestService } from "@mesh/testing/service";',
    'import { afterAll, beforeAll, expect, it } from "vitest";',
    `import { ${service} } from "./${code}";`,
    "",
    `let service: TestService<NonNullable<typeof ${definition}.types>>;`,
    "",
    `beforeAll(async () => {\n  service = await openTestService(${definition}, ${service});\n});`,
    "afterAll(() => service?.[Symbol.asyncDispose]());",
    "",
    `it("does ${name}", async () => {`,
    `  await service.runJob(${name}, { text: "Ada" });`,
    `  expect(service.logged).toContainEqual(expect.objectContaining({ msg: "${name}", text: "Ada" }));`,
    "});",
    "",
  ].join("\n");
}
