import { transformer } from "@mesh/contracts/transformer";
import type { AppRouter } from "@mesh/gateway";
import { createTRPCClient, httpBatchLink } from "@trpc/client";

const trpc = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/trpc", transformer })] });

const [form] = document.forms;
const output = document.querySelector("output");

/** Shows the greeting of the service, or why there is none. */
async function greet(name: string): Promise<void> {
  if (!output) return;
  try {
    const { text } = await trpc.greeter.greet.query({ name });
    output.value = text;
    output.dataset.tone = "good";
  } catch (error) {
    output.value = error instanceof Error ? error.message : "no response";
    output.dataset.tone = "bad";
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void greet(String(new FormData(form).get("name")));
});
