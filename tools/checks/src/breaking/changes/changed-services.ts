import type { DescService } from "@bufbuild/protobuf";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";

/** Returns the services and the streams of events that have another name. buf finds a service that was removed. */
export function changedServices(before: Contracts, after: Contracts): Break[] {
  const services = [...before.registry.files].flatMap((file) => file.services);
  const renamed = services.flatMap((old) => {
    const now = after.registry.getService(old.typeName);
    return now ? changedName(now, before.names.serviceName(old), after.names.serviceName(now)) : [];
  });
  return [...renamed, ...changedStreams(before, after)];
}

function changedName(service: DescService, was: string, is: string): Break[] {
  if (was === is) return [];
  return [
    {
      position: positionOfOption(service, optionPaths.serviceName),
      isOld: false,
      what: `the service ${service.name} has the name ${is}, was ${was}`,
      affected: new Set<ContractUser>(["gRPC clients"]),
      fix: `keep option (mesh.v1.service) = {name: ${JSON.stringify(was)}}: addresses, consumers and databases carry the name`,
    },
  ];
}

/** Compares the streams of the packages that have events before and after. */
function changedStreams(before: Contracts, after: Contracts): Break[] {
  const stillThere = new Set(packagesWithEvents(after));
  return packagesWithEvents(before).flatMap((packageName) => {
    const [old, now] = [before.names.streamOf(packageName), after.names.streamOf(packageName)];
    if (!stillThere.has(packageName) || old.stream === now.stream) return [];
    const owner = after.names.ownerOf(packageName);
    const file = [...after.registry.files].find(({ proto }) => proto.package === packageName);
    const position = owner ? positionOfOption(owner, optionPaths.serviceOwnsEvents) : file && positionOf(file);
    if (!position) return [];
    const what = `the events of ${packageName} are in the stream ${now.stream}, were in ${old.stream}`;
    const fix = `keep their owner and its name ${old.service}: events of the old stream would not be found`;
    return [
      { position, isOld: false, what, affected: new Set<ContractUser>(["event consumers", "stored events"]), fix },
    ];
  });
}

function packagesWithEvents({ registry, options }: Contracts): string[] {
  const files = [...registry.files].filter((file) => eventsOf(file, options).length > 0);
  return [...new Set(files.map(({ proto }) => proto.package))];
}
