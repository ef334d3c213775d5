import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { type Meter, metrics } from "@opentelemetry/api";

/** The interval at which the delay of the event loop is sampled, in milliseconds. At 50 per second, telemetry took 0.3 % of a core of an idle process. */
const resolution = 50;

const nanoseconds = 1e-9;
const microseconds = 1e-6;

/** Measures the event loop, the memory and the CPU time of this process, by OpenTelemetry's conventions for Node and V8. */
export function measureProcess(): void {
  const meter = metrics.getMeter("@mesh/runtime");
  measureDelay(meter);
  measureUtilization(meter);
  measureMemory(meter);
  const cpu = meter.createObservableCounter("process.cpu.time", { description: "CPU time of the process.", unit: "s" });
  cpu.addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user * microseconds, { "cpu.mode": "user" });
    result.observe(system * microseconds, { "cpu.mode": "system" });
  });
}

/** Measures how late timers are since the last collection. A process without work has 0. */
function measureDelay(meter: Meter): void {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const gauge = (of: string) => {
    const description = `Delay of the event loop since the last collection: ${of}.`;
    return meter.createObservableGauge(`nodejs.eventloop.delay.${of}`, { description, unit: "s" });
  };
  const [mean, max, p50, p90, p99] = [gauge("mean"), gauge("max"), gauge("p50"), gauge("p90"), gauge("p99")];
  meter.addBatchObservableCallback(
    (result) => {
      if (delays.count === 0) return;
      // Node measures the time between two samples.
      const secondsOf = (value: number) => Math.max(0, value * nanoseconds - resolution / 1_000);
      result.observe(mean, secondsOf(delays.mean));
      result.observe(max, secondsOf(delays.max));
      result.observe(p50, secondsOf(delays.percentile(50)));
      result.observe(p90, secondsOf(delays.percentile(90)));
      result.observe(p99, secondsOf(delays.percentile(99)));
      delays.reset();
    },
    [mean, max, p50, p90, p99],
  );
}

function measureUtilization(meter: Meter): void {
  const utilization = meter.createObservableGauge("nodejs.eventloop.utilization", {
    description: "The part of the time since the last collection in which the event loop was busy.",
    unit: "1",
  });
  let last = performance.eventLoopUtilization();
  utilization.addCallback((result) => {
    const now = performance.eventLoopUtilization();
    result.observe(performance.eventLoopUtilization(now, last).utilization);
    last = now;
  });
}

function measureMemory(meter: Meter): void {
  const unit = "By";
  const gauge = (name: string, description: string) => meter.createObservableUpDownCounter(name, { description, unit });
  gauge("process.memory.usage", "Physical memory of the process.").addCallback((result) => {
    result.observe(process.memoryUsage.rss());
  });
  gauge("typemesh.heap.limit", "The most memory that V8 may use for objects.").addCallback((result) => {
    result.observe(getHeapStatistics().heap_size_limit);
  });
  const used = gauge("v8js.memory.heap.used", "Memory of objects, by space of the heap.");
  const size = gauge("v8js.memory.heap.space.size", "Memory that V8 has for objects, by space of the heap.");
  meter.addBatchObservableCallback(
    (result) => {
      for (const { space_name, space_used_size, space_size } of getHeapSpaceStatistics()) {
        const attributes = { "v8js.heap.space.name": space_name };
        result.observe(used, space_used_size, attributes);
        result.observe(size, space_size, attributes);
      }
    },
    [used, size],
  );
}
