import type { ReactNode } from "react";
import type { Press } from "./print.tsx";

/** The wall and the table behind a thing: a big quiet shape in the wash. */
export function backdrop({ random, inks }: Press): ReactNode {
  const x = random.between(110, 290);
  const y = random.between(130, 250);
  const shapes: readonly [ReactNode, ...ReactNode[]] = [
    <circle key="sun" cx={x} cy={y} r={random.between(110, 165)} fill={inks.wash} />,
    <path key="arch" d={`M70 500V${y + 40}a130 130 0 0 1 260 0V500z`} fill={inks.wash} />,
    <rect key="table" y={random.between(330, 385)} width="400" height="200" fill={inks.wash} />,
    <path key="slope" d={`M0 ${y + 120}L400 ${y - 40}V500H0z`} fill={inks.wash} />,
    <path key="curtain" d={`M${x} 0H400V500H${x}z`} fill={inks.wash} />,
  ];
  return (
    <>
      <rect width="400" height="500" fill={inks.paper} />
      {random.pick(shapes)}
    </>
  );
}
