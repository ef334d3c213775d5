import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { button } from "./button.ts";

interface ConfirmDialogProps {
  readonly title: string;
  readonly description: string;
  /** A problem, if the action failed. */
  readonly problem: ReactNode;
  /** The button that does it. */
  readonly action: ReactNode;
  /** The label of the button that closes the dialog. */
  readonly cancel: string;
}

/** The dialog of an AlertDialog.Root that asks before an action. */
export function ConfirmDialog({ title, description, problem, action, cancel }: ConfirmDialogProps) {
  return (
    <AlertDialog.Portal>
      <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-[#0b1c18]/45 transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0" />
      <AlertDialog.Popup className="fixed inset-x-4 top-1/2 z-40 mx-auto max-w-md -translate-y-1/2 rounded-3xl bg-paper p-6 outline-none transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0 sm:p-8">
        <AlertDialog.Title className="text-3xl display">{title}</AlertDialog.Title>
        <AlertDialog.Description className="mt-3 text-lg text-soft">{description}</AlertDialog.Description>
        {problem}
        <div className="mt-7 flex flex-wrap gap-3">
          {action}
          <AlertDialog.Close className={button("line")}>{cancel}</AlertDialog.Close>
        </div>
      </AlertDialog.Popup>
    </AlertDialog.Portal>
  );
}
