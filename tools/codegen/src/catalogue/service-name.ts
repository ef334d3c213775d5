import type { DescFile, DescService } from "@bufbuild/protobuf";
import type { MeshOptions } from "./options.ts";

/** The version at the end of a package. Source: buf's rule PACKAGE_VERSION_SUFFIX. */
const versionSuffix = /\.(v[1-9]\d*(?:p\d+)?(?:(?:alpha|beta)\d*|test.*)?)$/;

/** The stream of the events of one package. */
export interface EventStream {
  /** The name of the service that owns the events. */
  readonly service: string;
  /** `acme_orders_v1` */
  readonly stream: string;
}

/** Decides the names of the services and streams of a tree of contracts. Every other place reads them from here. */
export class ServiceNames {
  readonly #options: MeshOptions;
  readonly #packages = new Map<string, DescService[]>();

  constructor(files: Iterable<DescFile>, options: MeshOptions) {
    this.#options = options;
    for (const { proto, services } of files) {
      this.#packages.set(proto.package, [...this.servicesOf(proto.package), ...services]);
    }
  }

  /** Returns the services of a package. */
  servicesOf(packageName: string): readonly DescService[] {
    return this.#packages.get(packageName) ?? [];
  }

  /**
   * Returns the name of a service in the mesh: `(mesh.v1.service).name`, else its package without the version. A service
   * that has sisters and no name of its own is named after both: `acme.orders.AdminService`.
   */
  serviceName(service: DescService): string {
    const { package: packageName } = service.file.proto;
    const name = this.#options.service(service)?.name;
    if (name) return name;
    if (packageName === "") return service.name;
    const isAlone = this.servicesOf(packageName).length === 1;
    return isAlone ? withoutVersion(packageName) : `${withoutVersion(packageName)}.${service.name}`;
  }

  /** Returns the name of a service for streams, durable consumers and databases. */
  serviceSlug(service: DescService): string {
    return slugOf(this.serviceName(service));
  }

  /** Returns the service that owns the events of a package: the one that is marked, or else the only one. */
  ownerOf(packageName: string): DescService | undefined {
    const services = this.servicesOf(packageName);
    const owner = services.find((service) => this.#options.service(service)?.ownsEvents);
    return owner ?? (services.length === 1 ? services[0] : undefined);
  }

  /** Returns the stream of a package's events. A package without services names it itself. */
  streamOf(packageName: string): EventStream {
    const owner = this.ownerOf(packageName);
    const service = owner ? this.serviceName(owner) : withoutVersion(packageName);
    const version = versionSuffix.exec(packageName)?.[1];
    return { service, stream: version ? `${slugOf(service)}_${version}` : slugOf(service) };
  }
}

/** Returns whether a text has the form of a name that (mesh.v1.service).name can give. */
export function isServiceName(text: string): boolean {
  return /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/.test(text);
}

/** Removes the version of a package, if it has one: `acme.orders` of `acme.orders.v1`. */
export function withoutVersion(packageName: string): string {
  return packageName.replace(versionSuffix, "");
}

/** `acme_orders` of `acme.orders`. Lower case, because NATS keeps each stream in a folder and some disks ignore case. */
function slugOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "_").toLowerCase();
}
