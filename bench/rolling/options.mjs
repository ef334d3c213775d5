// The command line of the measurement of a rolling restart.
import { argv, exit, stderr, stdout } from "node:process";
import { parseArgs } from "node:util";

const services = ["catalog", "inventory", "orders", "payments"];

const help = `Restarts all replicas of all services of the example, one after another without a pause, under load, and counts
what fails.

  node bench/rolling.mjs [options]

  --rate <number>[,…]       the calls that begin each second; default: 60,250,500
  --warm-up <number>        the seconds before that, at half of the highest rate, in which processes compile their code;
                            default: 20
  --seconds <number>        the duration of the phase without a restart, which comes first; default: 10
  --orders <percent>        the calls that place an order, which is far more work than a query; default: 2
  --replicas <number>       the replicas of each service; default: 3
  --services <name>[,…]     those that are restarted; default: ${services.join(",")}
  --streams <number>        the most streams of WatchOrder at a time, up to 40; default: 30
  --imports <number>        the imports of products at a time; default: 1
  --no-restart              measure only the phase without a restart: what the machine can bear
  --development             end processes as in development: not ready and gone in the same moment, 1 s for open calls.
                            Default: as in production, not ready for 5 s, then 15 s
  --no-build                use the services as they were built last
  --logs <folder>           write what the processes printed to files there
  --json                    print one object and no tables
  --write                   write the tables to bench/rolling.md
  --help

Of nine queries, five are direct, as a service calls, and four by the gateway. An order is placed by the gateway, and causes
calls between services, and events. This program calls nothing a second time; the mesh itself retries by its contract.
Latency counts from the time at which a call was due.

Exit codes: 0 no call, stream or import failed, and no order is lost; 1 some did, or the mesh does not start; 2 an option is
wrong.
`;

/** Reads the command line. Ends the process if it is wrong. */
export function readOptions() {
  try {
    const { help: isHelp, ...values } = parse();
    if (isHelp) return end(stdout, help, 0);
    const named = (values.services ?? services.join(",")).split(",");
    const unknown = named.filter((name) => !services.includes(name));
    if (unknown.length > 0) throw new Error(`--services has no "${unknown.join('", "')}"`);
    return {
      ...values,
      restart: !values["no-restart"],
      build: !values["no-build"],
      services: named,
      rates: values.rate.split(",").map((rate) => numberOf("--rate", rate, isPositive, "numbers above 0")),
      orders: numberOf("--orders", values.orders, (number) => number >= 0 && number <= 100, "from 0 to 100") / 100,
      warmUp: numberOf("--warm-up", values["warm-up"], isPositive, "a number above 0"),
      seconds: numberOf("--seconds", values.seconds, isPositive, "a number above 0"),
      replicas: numberOf("--replicas", values.replicas, isWhole(1, 20), "a whole number from 1 to 20"),
      streams: numberOf("--streams", values.streams, isWhole(0, 40), "a whole number from 0 to 40"),
      imports: numberOf("--imports", values.imports, isWhole(0, 5), "a whole number from 0 to 5"),
    };
  } catch (error) {
    return end(stderr, `${error.message}\nSee node bench/rolling.mjs --help\n`, 2);
  }
}

function parse() {
  const flag = { type: "boolean", default: false };
  const text = (value) => ({ type: "string", default: value });
  const options = {
    ...{ rate: text("60,250,500"), seconds: text("10"), replicas: text("3"), streams: text("30"), imports: text("1") },
    ...{ "warm-up": text("20"), orders: text("2") },
    ...{ services: { type: "string" }, logs: { type: "string" } },
    ...{ "no-restart": flag, "no-build": flag, development: flag, json: flag, write: flag, help: flag },
  };
  return parseArgs({ args: argv.slice(2), options }).values;
}

const isPositive = (number) => Number.isFinite(number) && number > 0;
const isWhole = (least, most) => (number) => Number.isInteger(number) && number >= least && number <= most;

function numberOf(option, text, isValid, what) {
  const number = Number(text);
  if (text.trim() === "" || !isValid(number)) throw new Error(`${option} must be ${what}, got "${text}"`);
  return number;
}

function end(stream, text, code) {
  stream.write(text);
  return exit(code);
}
