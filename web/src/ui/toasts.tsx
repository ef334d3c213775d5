import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";

/** Shows a short message from anywhere. */
export const toasts = Toast.createToastManager();

/** The message about the cart: there is one at a time, and the next takes its place. */
export const cartToast = "cart";

/** The area for messages. F6 moves the focus there. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} timeout={5_000} limit={2}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-50 mx-auto flex max-w-md flex-col gap-2 sm:right-8 sm:bottom-8 sm:left-auto sm:w-96">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["down", "right"]}
      className="rounded-2xl bg-ink text-paper shadow-lg transition-[translate,opacity] duration-300 data-limited:hidden data-ending-style:translate-y-4 data-starting-style:translate-y-4 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-center gap-3 py-3 pr-2 pl-5">
        <div className="min-w-0 grow">
          <Toast.Title className="font-semibold" />
          <Toast.Description className="truncate text-sm opacity-80" />
        </div>
        <Toast.Action className="min-h-9 rounded-full px-3 text-sm font-semibold underline underline-offset-4" />
        <Toast.Close aria-label="Dismiss" className="grid size-9 shrink-0 place-items-center rounded-full">
          <X aria-hidden="true" className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
