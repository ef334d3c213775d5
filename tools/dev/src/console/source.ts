import type { ProcessRow } from "./shapes.ts";

/** A process of a mesh. */
export interface ConsoleProcess extends Pick<ProcessRow, "name" | "kind" | "state" | "pid" | "address"> {
  /** Undefined: it offers no metrics. */
  readonly metricsUrl: string | undefined;
  readonly logFile: string;
}

/** The mesh that a console shows. */
export interface ConsoleSource {
  /** The name of the folder of the clone. */
  readonly project: string;
  /** The administrator's URL. */
  readonly natsUrl: string;
  /** The administrator's URL. */
  readonly postgresUrl: string;
  /** The address of the developer's own collector, if the settings name one. */
  readonly collector: string | undefined;
  /** The addresses, `host:port`, of servers that pass requests to the console. */
  readonly proxies: readonly string[];
  readonly processes: readonly ConsoleProcess[];
  readonly databases: readonly { readonly name: string; readonly app: string }[];
  /** Restarts a process. Returns false if there is none of this name. */
  restart(name: string): Promise<boolean>;
}
