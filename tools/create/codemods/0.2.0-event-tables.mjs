export const title = "Add the tables of consumers to schemas: then run npm run migration -- <service> add_event_tables";

/** @param {string} path @param {string} text */
export function change(path, text) {
  return path.endsWith("/schema.ts")
    ? text.replace(
        'export { inbox, outbox } from "@mesh/events/tables";',
        'export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";',
      )
    : text;
}
