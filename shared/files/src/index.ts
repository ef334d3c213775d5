export { folderObjects } from "./folder-objects.ts";
export type { ByteRange, ObjectFacts, Objects, OpenObject, PutOptions } from "./objects.ts";
export { rangeOf } from "./range-of.ts";
