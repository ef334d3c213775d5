import type { DescFile, DescService } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { eventsOf } from "./event.ts";
import { type MeshOptions, optionPaths } from "./options.ts";
import { isServiceName, type ServiceNames, withoutVersion } from "./service-name.ts";

/** The longest name of a service: with the prefixes of a test it must fit into the 63 bytes of a PostgreSQL name. */
const maxNameLength = 48;

/** The stream that keeps dead letters. Source: shared/events. */
const deadLetterStream = "dead_letters";

/** The processes that are no services but have a name in the mesh, by which services know who calls. */
const reservedNames: ReadonlySet<string> = new Set(["gateway", "developer"]);

/** The tree of contracts whose names are checked. */
export interface NamingContext {
  readonly options: MeshOptions;
  readonly names: ServiceNames;
  /** Returns true if the contracts of a package are not ours, so that its services can't be named. */
  isForeign(packageName: string): boolean;
}

/** Checks that every service and every stream has a name of its own. */
export function checkServices(files: readonly DescFile[], context: NamingContext, problems: Problem[]): void {
  const services = files.flatMap((file) => file.services);
  for (const service of services) checkName(service, context, problems);
  checkSlugs(
    services.filter(({ file }) => !context.isForeign(file.proto.package)),
    context.names,
    problems,
  );
  checkOwners(files, context, problems);
  checkStreams(files, context, problems);
}

const another = "choose another in option (mesh.v1.service) = {name: …}";

/** Returns a name that a service among several of its package can have. */
function proposedName({ file, name }: DescService): string {
  const own = name.replace(/(?<=.)Service$/, "").replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-");
  return `${withoutVersion(file.proto.package)}.${own}`.replace(/_+/g, "-").toLowerCase();
}

function checkName(service: DescService, { options, names, isForeign }: NamingContext, problems: Problem[]): void {
  const { package: packageName } = service.file.proto;
  const name = options.service(service)?.name;
  const report = (text: string) => problems.push({ desc: service, text, option: optionPaths.serviceName });
  if (name && !isServiceName(name)) {
    return void report(
      `${JSON.stringify(name)} is not a service name: use small letters and digits, such as acme.orders`,
    );
  }
  if (isForeign(packageName)) return;
  const sisters = names.servicesOf(packageName);
  if (!name && packageName !== "" && sisters.length > 1) {
    const list = sisters.map((sister) => sister.name).join(" and ");
    const fix = `add option (mesh.v1.service) = {name: ${JSON.stringify(proposedName(service))}}`;
    const other = `if the contracts are not yours, list the package as opt: others=${packageName} in buf.gen.yaml`;
    return void report(`${packageName} has the services ${list}, so ${service.name} needs a name: ${fix}; ${other}`);
  }
  const chosen = names.serviceName(service);
  if (reservedNames.has(chosen)) return void report(`${chosen} is the name of another process of the mesh: ${another}`);
  const { length } = chosen;
  if (length > maxNameLength) {
    report(`the service name has ${length} characters, at most ${maxNameLength} fit: ${another}`);
  }
}

/** Versions of one package are versions of one service, and may share its name. */
function checkSlugs(services: readonly DescService[], names: ServiceNames, problems: Problem[]): void {
  const taken = new Map<string, DescService>();
  for (const service of services) {
    const slug = names.serviceSlug(service);
    const other = taken.get(slug);
    taken.set(slug, other ?? service);
    if (!other || areVersions(other, service)) continue;
    const both = `${describe(service, names)} and ${describe(other, names)}`;
    const text = `${both} would share the name ${slug} for streams, consumers and databases: ${another}`;
    problems.push({ desc: service, text, option: optionPaths.serviceName });
  }
}

function areVersions(a: DescService, b: DescService): boolean {
  const [left, right] = [a.file.proto.package, b.file.proto.package];
  return left !== right && withoutVersion(left) === withoutVersion(right);
}

function describe(service: DescService, names: ServiceNames): string {
  return `${service.typeName} (${names.serviceName(service)})`;
}

function checkOwners(files: readonly DescFile[], { options, names }: NamingContext, problems: Problem[]): void {
  for (const packageName of packagesWithEvents(files, options)) {
    const services = names.servicesOf(packageName);
    const owners = services.filter((service) => options.service(service)?.ownsEvents);
    const [desc] = owners.length > 1 ? owners.slice(1) : services;
    if (!desc || services.length < 2 || owners.length === 1) continue;
    const list = (owners.length > 1 ? owners : services).map(({ name }) => name).join(" and ");
    const state = owners.length > 1 ? `are owned by ${list}` : `have no owner among ${list}`;
    const text = `the events of ${packageName} ${state}: set owns_events: true in (mesh.v1.service) of exactly one`;
    problems.push({ desc, text, option: optionPaths.serviceOwnsEvents });
  }
}

function checkStreams(files: readonly DescFile[], { options, names }: NamingContext, problems: Problem[]): void {
  const taken = new Map([[deadLetterStream, "the dead letters"]]);
  for (const packageName of packagesWithEvents(files, options)) {
    const { stream } = names.streamOf(packageName);
    const other = taken.get(stream);
    taken.set(stream, other ?? packageName);
    if (!other) continue;
    const text = `the events of ${packageName} and ${other} would share the stream ${stream}: ${another}`;
    const desc = names.ownerOf(packageName) ?? files.find(({ proto }) => proto.package === packageName);
    if (desc) problems.push({ desc, text });
  }
}

function packagesWithEvents(files: readonly DescFile[], options: MeshOptions): Set<string> {
  const withEvents = files.filter((file) => eventsOf(file, options).length > 0);
  return new Set(withEvents.map(({ proto }) => proto.package));
}
