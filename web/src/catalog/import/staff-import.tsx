import type { WatchImportResponse } from "@mesh/contracts/catalog/v1";
import { JobState } from "@mesh/contracts/mesh/v1";
import { FileUp } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import { plural } from "../../numbers.ts";
import { button } from "../../ui/button.ts";
import { Notice } from "../../ui/notice.tsx";
import { StaffPanel } from "../../ui/staff-panel.tsx";
import { useImport } from "./use-import.ts";

/** Imports products from a file, for staff. */
export function StaffImport() {
  const input = useRef<HTMLInputElement>(null);
  const { last, isRunning, problem, send, cancel } = useImport();
  function choose({ target }: ChangeEvent<HTMLInputElement>): void {
    const [file] = target.files ?? [];
    // The same file may be chosen again.
    target.value = "";
    if (file) void send(file);
  }
  return (
    <StaffPanel title="Import">
      <div className="mt-4 grid min-w-0 gap-3">
        <input
          ref={input}
          type="file"
          aria-label="Products file"
          accept=".csv,text/csv"
          onChange={choose}
          className="sr-only"
          tabIndex={-1}
        />
        {isRunning ? (
          <Running last={last} onCancel={cancel} />
        ) : (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <button type="button" onClick={() => input.current?.click()} className={button("line")}>
              <FileUp aria-hidden="true" className="size-5" />
              Import products
            </button>
            <p className="text-sm text-soft">
              A CSV file with the columns name, category and price, up to 200 products.
            </p>
          </div>
        )}
        {problem && <Notice tone="alarm">{problem}</Notice>}
        {!isRunning && last && <Ended last={last} />}
      </div>
    </StaffPanel>
  );
}

function Running({ last, onCancel }: { last: WatchImportResponse | undefined; onCancel: () => void }) {
  const { done = 0, total = 0, note = "" } = last?.status ?? {};
  return (
    <div className="flex min-w-0 items-center gap-4">
      <div className="min-w-0 grow">
        <p className="truncate font-medium text-sm">
          {total > 0 ? `Importing ${done} of ${total}: ${note}` : "Waiting for its turn"}
        </p>
        <progress
          aria-label="Importing products"
          value={total > 0 ? done / total : 0}
          className="mt-1 block h-2 w-full appearance-none overflow-hidden rounded-full bg-rule [&::-moz-progress-bar]:bg-vermilion [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-vermilion"
        />
      </div>
      <button type="button" onClick={onCancel} className={button("quiet")}>
        Cancel
      </button>
    </div>
  );
}

function Ended({ last: { status, result } }: { last: WatchImportResponse }) {
  if (status.state === JobState.JOB_STATE_CANCELLED) {
    return <p role="status">The import was cancelled. Products that it had imported stay.</p>;
  }
  if (!result) return <Notice tone="alarm">The import has failed. Please try it again.</Notice>;
  const { created, updated, unchanged } = result;
  return (
    <p role="status">
      {plural(BigInt(created), "new product")}, {updated} changed, {unchanged} unchanged.
    </p>
  );
}
