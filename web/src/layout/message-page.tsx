import type { ReactNode } from "react";
import { Cover } from "../art/cover.tsx";

interface MessagePageProps {
  readonly title: string;
  readonly children: ReactNode;
  /** A link to continue. */
  readonly action?: ReactNode;
  /** The noun that the picture shows. */
  readonly picture: string;
}

/** A page that has nothing but something to say. */
export function MessagePage({ title, children, action, picture }: MessagePageProps) {
  return (
    <div className="gutter mx-auto grid max-w-5xl items-center gap-8 py-12 sm:grid-cols-[minmax(0,16rem)_1fr] md:gap-16 md:py-20">
      <Cover id={picture} name={picture} category={undefined} isInFirstView className="w-40 sm:w-full" />
      <div>
        <h1 className="text-[clamp(2.5rem,6vw,4.5rem)] display">{title}</h1>
        <p className="mt-5 max-w-[46ch] text-lg text-soft">{children}</p>
        {action && <div className="mt-8 flex flex-wrap gap-3">{action}</div>}
      </div>
    </div>
  );
}
