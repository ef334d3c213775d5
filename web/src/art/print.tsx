import type { CSSProperties, ReactNode } from "react";
import type { Inks } from "./inks.ts";
import type { Random } from "./random.ts";

/** What a drawing is made with. It stands on a ground line at y = 400, in the middle of 400 × 500. */
export interface Press {
  readonly random: Random;
  readonly inks: Inks;
  /** Makes an id that no other drawing on the page has. */
  id(name: string): string;
}

/** Draws one thing. */
export type Drawing = (press: Press) => ReactNode;

/** Inks that lie over one another darken, as in a two-colour print. */
export const overprint: CSSProperties = { mixBlendMode: "multiply" };

/**
 * Defines a texture and gives the paint that fills a shape with it. A plain function, like every drawing: React calls
 * components when and as often as it likes, and each number must be drawn once and in order.
 */
export function texture(press: Press, name: string, ink: string, on?: string): { defs: ReactNode; fill: string } {
  const { random } = press;
  const size = random.pick([14, 18, 24]);
  const turn = random.pick([0, 45, 90, -30]);
  const marks: readonly [ReactNode, ...ReactNode[]] = [
    <circle key="dots" cx={size / 2} cy={size / 2} r={size * 0.24} fill={ink} />,
    <rect key="stripes" width={size} height={size * 0.42} fill={ink} />,
    <path key="checks" d={`M0 0h${size / 2}v${size}h${size / 2}v${-size / 2}h${-size}z`} fill={ink} />,
    <path
      key="zigzag"
      d={`M0 ${size * 0.7}l${size / 2} ${-size / 2}l${size / 2} ${size / 2}v${size * 0.3}l${-size / 2} ${-size / 2}l${-size / 2} ${size / 2}z`}
      fill={ink}
    />,
  ];
  const defs = (
    <pattern
      id={press.id(name)}
      width={size}
      height={size}
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${turn})`}
    >
      {on && <rect width={size} height={size} fill={on} />}
      {random.pick(marks)}
    </pattern>
  );
  return { defs, fill: `url(#${press.id(name)})` };
}

/** The shadow of a thing on the table. */
export function shadow(press: Press, width: number, y = 400): ReactNode {
  return (
    <ellipse
      cx="206"
      cy={y}
      rx={width / 2}
      ry={width / 18 + 4}
      fill={press.inks.deep}
      opacity="0.22"
      style={overprint}
    />
  );
}

/** The angles, in degrees, of things that stand evenly in a circle. */
export function around(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (360 / count) * i);
}
