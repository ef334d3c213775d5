import { start } from "@mesh/service";
import { orders } from "./service.ts";

await start(orders);
