import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { type BreakageName, breakages } from "./breakages.ts";
import { type FaultKind, faultKinds } from "./faults/plan.ts";

export const help = `Kills, stops and cuts off the processes of the shop while customers order, and checks that nothing was lost.

  npm run chaos -- [options]

  --orders <number>     the orders that are placed; default: 600
  --faults <number>     the faults that are injected while they are placed; default: 30
  --seed <number>       determines the faults and the orders; default: another one each time, which is printed
  --replicas <number>   the processes of each service and of the gateway; default: 1
  --cluster             runs a cluster of three servers of NATS, whose streams have three replicas
  --rate <number>       the orders that begin each second; default: 20
  --longest <seconds>   how long a process is stopped, and a network is cut at most; default: 10
  --only <kind>[,…]     injects only faults of these kinds: ${faultKinds.join(", ")}
  --break <part>        breaks a part on purpose, so that the run must fail: ${Object.keys(breakages).join(", ")}
  --svg <file>          where the picture is written to; default: .mesh/chaos/<seed>.svg
  --logs <folder>       writes what each process printed to a file there
  --json                prints one line: the orders, the faults, and the violations of each invariant
  --help

Exit codes: 0 every invariant holds; 1 one does not, or the mesh does not start; 2 an option is wrong.
`;

export interface Options {
  readonly orders: number;
  readonly faults: number;
  readonly seed: number;
  readonly replicas: number;
  readonly rate: number;
  readonly cluster: boolean;
  readonly longestMs: number;
  readonly kinds: readonly FaultKind[];
  readonly broken: BreakageName | undefined;
  readonly svg: string;
  readonly logs: string | undefined;
  readonly json: boolean;
}

/** Reads the command line. Returns undefined if it asks for help. @throws Error that names a wrong option */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : whole("seed", values.seed, 0);
  return {
    orders: whole("orders", values.orders, 1),
    faults: whole("faults", values.faults, 0),
    seed,
    replicas: whole("replicas", values.replicas, 1),
    rate: whole("rate", values.rate, 1),
    cluster: values.cluster,
    longestMs: whole("longest", values.longest, 1) * 1_000,
    kinds: kindsOf(values.only),
    broken: brokenOf(values.break),
    svg: values.svg ?? `.mesh/chaos/${seed}.svg`,
    logs: values.logs,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const flag = { type: "boolean", default: false } as const;
  return parseArgs({
    args: [...args],
    options: {
      ...{ orders: text("600"), faults: text("30"), replicas: text("1"), rate: text("20"), longest: text("10") },
      ...{
        seed: { type: "string" },
        only: { type: "string" },
        break: { type: "string" },
        svg: { type: "string" },
        logs: { type: "string" },
      },
      ...{ cluster: flag, json: flag, help: flag },
    },
  });
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${name} must be a whole number of at least ${least}, got "${text}"`);
}

function kindsOf(text: string | undefined): readonly FaultKind[] {
  if (text === undefined) return faultKinds;
  return text.split(",").map((name) => {
    const kind = faultKinds.find((one) => one === name);
    if (!kind) throw new Error(`--only must be some of ${faultKinds.join(", ")}, got "${name}"`);
    return kind;
  });
}

function brokenOf(text: string | undefined): BreakageName | undefined {
  if (text === undefined) return undefined;
  if (Object.hasOwn(breakages, text)) return text as BreakageName; // One of its keys.
  throw new Error(`--break must be one of ${Object.keys(breakages).join(", ")}, got "${text}"`);
}
