/** The name of the shop, with the threads of a loom in the H. */
export function Wordmark() {
  return (
    <span className="flex items-center gap-2 text-[1.65rem] display">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-7" fill="none" strokeWidth="5" strokeLinecap="round">
        <path d="M8 4v24M24 4v24" stroke="currentColor" />
        <path d="M8 16c5.5-6 10.5 6 16 0" className="stroke-vermilion" />
      </svg>
      Heddle
    </span>
  );
}
