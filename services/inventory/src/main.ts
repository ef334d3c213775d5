import { start } from "@mesh/service";
import { inventory } from "./service.ts";

await start(inventory);
