import type {
  DescEnumValue,
  DescExtension,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
  Registry,
} from "@bufbuild/protobuf";
import { readOption } from "../option.ts";

/** The numbers of the options that are read from contracts, and of the fields in them that can be wrong. */
export const optionPaths = {
  packageRoles: [50500, 2],
  serviceName: [50500, 1],
  serviceOwnsEvents: [50500, 2],
  serviceCallers: [50500, 3],
  method: [50500],
  methodGateway: [50500, 1],
  methodRateLimit: [50500, 1, 3],
  methodUpload: [50500, 1, 4],
  methodDownload: [50500, 1, 5],
  methodDeadline: [50500, 2],
  methodErrors: [50500, 3],
  methodCallers: [50500, 4],
  methodResume: [50500, 5],
  methodCoalesce: [50500, 6],
  methodCache: [50500, 7],
  methodShare: [50500, 9],
  methodOwner: [50500, 8],
  event: [50500],
  eventSubject: [50500, 1],
  eventKey: [50500, 2],
  eventConsumers: [50500, 3],
  eventFeed: [50500, 4],
  job: [50501],
  jobResult: [50501, 1],
  jobTimeout: [50501, 2],
  jobAttempts: [50501, 3],
  jobRetryDelay: [50501, 4],
  error: [50500],
  http: [72295728],
} as const;

/** `(mesh.v1.package)`. Its timestamps are read without it: see timestamps.ts. */
export interface PackageOption {
  /** Absent in contracts that were written before there was the option. */
  readonly roles?: readonly RoleOption[];
}

/** A role, with its scopes in one text. */
export interface RoleOption {
  readonly name: string;
  readonly scopes: string;
}

/** `(mesh.v1.service)` */
export interface ServiceOption {
  readonly name: string;
  readonly ownsEvents: boolean;
  /** Absent in contracts that were written before there was the option. */
  readonly callers?: readonly string[];
}

/** `(mesh.v1.method).gateway.rate_limit` */
export interface RateLimitOption {
  readonly perUser: readonly RateOption[];
  readonly perAddress: readonly RateOption[];
}

/** `(mesh.v1.method).gateway.upload` */
export interface UploadOption {
  readonly contentType: string;
  readonly size: string;
  readonly maxBytes: bigint;
  readonly accept: readonly string[];
}

/** `(mesh.v1.method).gateway.download` */
export interface DownloadOption {
  readonly contentType: string;
  readonly size: string;
  readonly etag: string;
  readonly offset: string;
  readonly limit: string;
  readonly immutable: boolean;
}

/** The most calls in a window of time. */
export interface RateOption {
  readonly count: number;
  readonly seconds: number;
}

/** `(mesh.v1.method)` */
export interface MethodOption {
  readonly gateway?: {
    readonly scopes: string;
    /** This and the following are absent in contracts that were written before there were these options. */
    readonly public?: boolean;
    readonly rateLimit?: RateLimitOption;
    readonly upload?: UploadOption;
    readonly download?: DownloadOption;
  };
  readonly deadlineMs: number;
  readonly errors: string;
  /** This and the following are absent in contracts that were written before there were these options. */
  readonly callers?: readonly string[];
  readonly resume?: { readonly request: string; readonly response: string };
  readonly coalesce?: boolean;
  readonly cache?: { readonly ttlMs: number; readonly perUser: boolean; readonly invalidatedBy: readonly string[] };
  readonly share?: { readonly key: string };
  readonly owner?: OwnerOption;
}

/** `(mesh.v1.method).owner` */
export interface OwnerOption {
  readonly request: string;
  readonly response: string;
  readonly unless: string;
  readonly reason: string;
}

/** `(mesh.v1.event)` */
export interface EventOption {
  readonly subject: string;
  readonly key: string;
  /** Absent in contracts that were written before there was the option. */
  readonly consumers?: readonly string[];
  readonly feed?: FeedOption;
}

/** `(mesh.v1.event).feed` */
export interface FeedOption {
  readonly scopes: string;
  readonly owner: string;
  readonly unless: string;
  readonly name: string;
  readonly public: boolean;
}

/** `(mesh.v1.job)` */
export interface JobOption {
  readonly result: string;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly retryDelaySeconds: number;
}

/** `(mesh.v1.error)` */
export interface ErrorOption {
  /** The number of a mesh.v1.Code, which is the same in google.rpc.Code. */
  readonly code: number;
  readonly metadata: readonly string[];
}

/** Returns true for the extension `(mesh.v1.package)`. */
export function isPackageOption({ typeName }: DescExtension): boolean {
  return typeName === "mesh.v1.package";
}

/** `(google.api.http)`, as protobuf-es reads it from the descriptor. */
export interface HttpRule {
  readonly selector: string;
  readonly pattern:
    | { readonly case: "get" | "put" | "post" | "delete" | "patch"; readonly value: string }
    | { readonly case: "custom"; readonly value: { readonly kind: string; readonly path: string } }
    | { readonly case: undefined };
  readonly body: string;
  /** Absent in older versions of http.proto. */
  readonly responseBody?: string;
  readonly additionalBindings: readonly HttpRule[];
}

/** Reads the options of mesh.v1 and google.api.http from contracts. Contracts that do not import them have none. */
export class MeshOptions {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  package(desc: DescFile): PackageOption | undefined {
    return this.#read<PackageOption>(desc, "mesh.v1.package");
  }

  service(desc: DescService): ServiceOption | undefined {
    return this.#read<ServiceOption>(desc, "mesh.v1.service");
  }

  method(desc: DescMethod): MethodOption | undefined {
    return this.#read<MethodOption>(desc, "mesh.v1.method");
  }

  event(desc: DescMessage): EventOption | undefined {
    return this.#read<EventOption>(desc, "mesh.v1.event");
  }

  job(desc: DescMessage): JobOption | undefined {
    return this.#read<JobOption>(desc, "mesh.v1.job");
  }

  error(desc: DescEnumValue): ErrorOption | undefined {
    return this.#read<ErrorOption>(desc, "mesh.v1.error");
  }

  http(desc: DescMethod): HttpRule | undefined {
    return this.#read<HttpRule>(desc, "google.api.http");
  }

  #read<T>(desc: DescFile | DescService | DescMethod | DescMessage | DescEnumValue, name: string): T | undefined {
    const extension = this.#registry.getExtension(name);
    // mesh/v1/options.proto and google/api/http.proto declare these fields.
    return extension && (readOption(desc, extension) as T | undefined);
  }
}
