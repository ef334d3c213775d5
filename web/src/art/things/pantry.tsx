import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const packet: Drawing = (press) => {
  const { random, inks } = press;
  const paper = texture(press, "paper", inks.bright, inks.main);
  const top = random.between(108, 140);
  const round = random.chance(0.5);
  return (
    <>
      <defs>{paper.defs}</defs>
      {shadow(press, 220)}
      <path d={`M112 ${top}H288L300 400H100z`} fill={inks.main} />
      <path d={`M112 ${top}H288L291 ${top + 70}H109z`} fill={paper.fill} />
      <path d={`M220 ${top}H288L300 400H232z`} fill={inks.deep} opacity="0.28" style={overprint} />
      <rect x="106" y={top - 18} width="188" height="34" rx="6" fill={inks.deep} />
      {round ? (
        <circle cx="200" cy="292" r="54" fill={inks.paper} />
      ) : (
        <rect x="140" y="244" width="120" height="104" fill={inks.paper} />
      )}
      <circle cx="200" cy="284" r="22" fill={inks.bright} />
      <rect x="174" y="316" width="52" height="9" fill={inks.deep} />
    </>
  );
};

const rows = [0, 1, 2, 3];

export const chocolate: Drawing = (press) => {
  const { random, inks } = press;
  const wrapper = texture(press, "wrapper", inks.bright, inks.main);
  const torn = random.between(230, 290);
  return (
    <>
      <defs>{wrapper.defs}</defs>
      <g transform={`rotate(${random.between(-14, 14)} 200 260)`}>
        <rect x="122" y="86" width="172" height="340" fill={inks.deep} opacity="0.22" style={overprint} />
        <rect x="112" y="78" width="172" height="300" rx="6" fill={inks.deep} />
        {rows.flatMap((row) =>
          [122, 201].map((x) => (
            <rect
              key={`${row}-${x}`}
              x={x}
              y={88 + row * 58}
              width="73"
              height="50"
              rx="5"
              fill={inks.main}
              opacity="0.45"
            />
          )),
        )}
        <path d={`M104 ${torn}l24 -16l24 14l24 -16l24 14l24 -16l24 14l24 -16l20 14V420H104z`} fill={wrapper.fill} />
        <rect x="136" y="330" width="128" height="56" fill={inks.paper} />
        <rect x="152" y="346" width="80" height="9" fill={inks.deep} />
        <rect x="152" y="364" width="50" height="9" fill={inks.main} />
      </g>
    </>
  );
};
