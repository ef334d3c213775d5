import { clsx } from "clsx";

type Look = "solid" | "accent" | "line" | "quiet";
type Size = "small" | "medium" | "large";

const looks: Readonly<Record<Look, string>> = {
  solid: "bg-ink text-paper not-disabled:hover:bg-vermilion not-disabled:hover:text-on-vermilion",
  accent: "bg-vermilion text-on-vermilion not-disabled:hover:bg-ink not-disabled:hover:text-paper",
  line: "border-[1.5px] border-ink not-disabled:hover:bg-ink not-disabled:hover:text-paper",
  quiet: "underline decoration-1 underline-offset-4 not-disabled:hover:decoration-[3px]",
};

const sizes: Readonly<Record<Size, string>> = {
  small: "min-h-9 px-4 text-sm",
  medium: "min-h-11 px-5",
  large: "min-h-14 px-7 text-lg",
};

/** The classes of a button, or of a link that looks like one. */
export function button(look: Look = "solid", size: Size = "medium", more?: string): string {
  return clsx(
    "inline-flex shrink-0 select-none items-center justify-center gap-2 rounded-full font-semibold transition-colors",
    "disabled:cursor-not-allowed disabled:opacity-45",
    looks[look],
    look === "quiet" ? "min-h-9" : sizes[size],
    more,
  );
}
