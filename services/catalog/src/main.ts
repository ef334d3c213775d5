import { start } from "@mesh/service";
import { catalog } from "./service.ts";

await start(catalog);
