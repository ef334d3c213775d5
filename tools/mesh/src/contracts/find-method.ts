import { CommandError } from "@mesh/codegen/command";
import { nearest } from "@mesh/codegen/generate/nearest";
import type { Catalogue, CatalogueMethod, CatalogueService } from "./catalogue.ts";

/** A method and its service. */
export interface FoundMethod {
  readonly service: CatalogueService;
  readonly method: CatalogueMethod;
}

/**
 * Finds a method by `orders/GetOrder`. The service may also be `OrderService` or `orders.v1.OrderService`, and the method may begin
 * with a small letter.
 *
 * @throws CommandError that suggests the nearest name
 */
export function findMethod({ services }: Catalogue, target: string): FoundMethod {
  const [name = "", methodName = "", ...more] = target.split("/");
  if (!name || !methodName || more.length > 0) {
    throw new CommandError(
      `"${target}" is no method: write the service and the method, such as ${exampleOf(services)}`,
    );
  }
  const service = services.find((one) => namesOf(one).includes(name));
  if (!service) throw new CommandError(`there is no service ${name}: ${meant(name, services.flatMap(namesOf))}`);
  const wanted = methodName.toLowerCase();
  const method = service.methods.find(({ desc }) => desc.name.toLowerCase() === wanted);
  if (method) return { service, method };
  const names = service.methods.map(({ desc }) => desc.name);
  throw new CommandError(`${service.name} has no method ${methodName}: ${meant(methodName, names)}`);
}

function namesOf({ name, typeName }: CatalogueService): string[] {
  return [name, typeName, typeName.slice(typeName.lastIndexOf(".") + 1)];
}

function meant(wrong: string, names: readonly string[]): string {
  const found = nearest(wrong, names);
  return found ? `did you mean ${found}?` : `there are ${[...names].sort().join(", ")}`;
}

function exampleOf([service]: readonly CatalogueService[]): string {
  return service ? `${service.name}/${service.methods[0]?.desc.name}` : "orders/GetOrder";
}
