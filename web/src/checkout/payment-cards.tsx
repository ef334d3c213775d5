import { clsx } from "clsx";
import type { UseFormRegisterReturn } from "react-hook-form";

const cards = [
  {
    token: "tok_ok",
    title: "Working card",
    hint: "Authorized immediately",
    look: "bg-[#12443a] text-[#eef6e8]",
    ring: "#7fc8a4",
  },
  {
    token: "tok_declined",
    title: "Declined card",
    hint: "Declined by the bank",
    look: "bg-[#ff6a48] text-[#2b0f06]",
    ring: "#ffc2a8",
  },
  {
    token: "tok_slow",
    title: "Slow card",
    hint: "Authorized after a while",
    look: "bg-[#b9a5ff] text-[#1c1440]",
    ring: "#5b3fd6",
  },
] as const;

interface PaymentCardsProps {
  readonly field: UseFormRegisterReturn<"paymentToken">;
  readonly problem: string | undefined;
}

/** The test tokens of the simulated payment provider, as the cards of a wallet. */
export function PaymentCards({ field, problem }: PaymentCardsProps) {
  return (
    <fieldset aria-describedby={problem ? "payment-problem" : undefined}>
      <legend className="mb-6 text-2xl display">Payment</legend>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        {cards.map(({ token, title, hint, look, ring }) => (
          <label
            key={token}
            className={clsx(
              "relative flex cursor-pointer flex-col overflow-hidden rounded-2xl p-4 outline-offset-4 transition-[translate] duration-200",
              "has-focus-visible:outline-3 has-focus-visible:outline-[#7c5cff]",
              "not-has-checked:opacity-90 hover:-translate-y-1 has-checked:-translate-y-1 has-checked:ring-[3px] has-checked:ring-ink has-checked:ring-offset-3 has-checked:ring-offset-paper sm:min-h-38",
              look,
            )}
          >
            <Rings colour={ring} />
            <span className="relative flex items-start justify-between gap-3">
              <span className="max-w-[9ch] font-bold text-lg leading-tight tracking-tight max-sm:max-w-none">
                {title}
              </span>
              <input
                type="radio"
                value={token}
                aria-label={title}
                aria-describedby={`${token}-hint`}
                {...field}
                className="mt-0.5 size-5 shrink-0 cursor-pointer appearance-none rounded-full border-2 border-current outline-none checked:border-[6px]"
              />
            </span>
            <span id={`${token}-hint`} className="label relative mt-auto pt-3">
              {hint}
              <code className="mt-0.5 block font-mono text-xs opacity-80">{token}</code>
            </span>
          </label>
        ))}
      </div>
      {problem && (
        <p id="payment-problem" role="alert" className="label mt-3 text-alarm">
          The payment {problem}.
        </p>
      )}
    </fieldset>
  );
}

function Rings({ colour }: { colour: string }) {
  return (
    <svg
      viewBox="0 0 160 100"
      preserveAspectRatio="xMaxYMax slice"
      aria-hidden="true"
      className="absolute inset-0 size-full opacity-35"
    >
      <g fill="none" stroke={colour} strokeWidth="3">
        <circle cx="140" cy="92" r="26" />
        <circle cx="140" cy="92" r="40" />
        <circle cx="140" cy="92" r="54" />
      </g>
    </svg>
  );
}
