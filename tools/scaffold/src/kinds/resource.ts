import { camelCase, lowerFirst, pascalCase, plural, singular, snakeCase } from "../names.ts";

/** The names in a new service that manages a resource. */
export interface NewResource {
  /** The name of the service: `reviews`. */
  readonly name: string;
  /** The name of the service in the contract: `ReviewsService`. */
  readonly definition: string;
  /** The resource in the contract, and its plural: `Review`, `Reviews`. */
  readonly type: string;
  readonly types: string;
  /** Its fields in the contract: `review`, `reviews`. */
  readonly field: string;
  readonly fields: string;
  /** The error enum, the prefix of its values, and the reason for an id that no resource has. */
  readonly errors: string;
  readonly prefix: string;
  readonly notFound: string;
  /** True if callers at the gateway need no scopes. */
  readonly isOpen: boolean;
  /** The services that it calls, and the events that it consumes. */
  readonly peers: readonly Peer[];
  readonly consumed: readonly ConsumedEvent[];
}

/** A service that the new one calls, with its name there, its module and its functions. */
export interface Peer {
  readonly name: string;
  readonly definition: string;
  readonly module: string;
  readonly functions: readonly string[];
}

/** An event that the new service consumes, with the key in TypeScript. */
export interface ConsumedEvent {
  readonly name: string;
  readonly key: string;
  readonly module: string;
}

/** Returns the names of a resource. @param resource empty: the singular of the service's name */
export function resourceOf(
  { name, resource, isOpen }: { readonly name: string; readonly resource: string; readonly isOpen: boolean },
  { peers, consumed }: Pick<NewResource, "peers" | "consumed">,
): NewResource {
  const type = resource || pascalCase(singular(name));
  const types = plural(type);
  const errors = `${pascalCase(name)}Error`;
  return {
    name,
    definition: `${pascalCase(name)}Service`,
    type,
    types,
    field: snakeCase(type),
    fields: snakeCase(types),
    errors,
    prefix: snakeCase(errors).toUpperCase(),
    notFound: `${snakeCase(type).toUpperCase()}_NOT_FOUND`,
    isOpen,
    peers,
    consumed,
  };
}

/** Returns the names of a resource in TypeScript: `review`, `reviews`, `reviewNotFound`. */
export function keysOf({ type, types, notFound }: NewResource) {
  return { one: lowerFirst(type), many: lowerFirst(types), notFound: camelCase(notFound) };
}
