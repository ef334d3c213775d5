import { start } from "@mesh/service";
import { payments } from "./service.ts";

await start(payments);
