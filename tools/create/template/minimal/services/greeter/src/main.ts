import { GreeterService } from "@mesh/contracts/greeter/v1";
import { service, start } from "@mesh/service";

const greeter = service(
  GreeterService,
  {},
  {
    async greet({ name }) {
      return { text: `Hello, ${name}!` };
    },
  },
);

await start(greeter);
