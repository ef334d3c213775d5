import { type Drawing, overprint, texture } from "../print.tsx";

export const sweater: Drawing = (press) => {
  const { random, inks } = press;
  const knit = texture(press, "knit", inks.bright, inks.main);
  const sleeve = random.pick([250, 340]);
  const body = `M140 120L66 160L48 ${sleeve}H104L124 220V390H276V220L296 ${sleeve}H352L334 160L260 120Q200 168 140 120z`;
  const band = random.between(190, 240);
  return (
    <>
      <defs>
        {knit.defs}
        <clipPath id={press.id("cut")}>
          <path d={body} />
        </clipPath>
      </defs>
      <path d={body} fill={inks.deep} opacity="0.22" style={overprint} transform="translate(12 12)" />
      <path d={body} fill={inks.main} />
      <g clipPath={`url(#${press.id("cut")})`}>
        {random.chance(0.5) ? (
          <rect width="400" height="500" fill={knit.fill} />
        ) : (
          <rect y={band} width="400" height={random.between(54, 110)} fill={knit.fill} />
        )}
        <rect y="366" width="400" height="30" fill={inks.deep} />
        <path d="M134 112Q200 186 266 112" stroke={inks.deep} strokeWidth="22" fill="none" />
      </g>
    </>
  );
};

const ribs = Array.from({ length: 12 }, (_, i) => 84 + i * 21);

export const beanie: Drawing = (press) => {
  const { random, inks } = press;
  const knit = texture(press, "knit", inks.bright, inks.main);
  const height = random.between(170, 215);
  return (
    <>
      <defs>{knit.defs}</defs>
      <circle cx="200" cy={336 - height} r={random.between(30, 46)} fill={inks.bright} />
      <path d={`M82 330C82 ${330 - height * 1.1} 318 ${330 - height * 1.1} 318 330z`} fill={knit.fill} />
      <rect x="66" y="318" width="268" height="70" rx={random.pick([8, 35])} fill={inks.deep} />
      {ribs.map((x) => (
        <path key={x} d={`M${x} 326v54`} stroke={inks.main} strokeWidth="6" strokeLinecap="round" />
      ))}
    </>
  );
};

export const socks: Drawing = (press) => {
  const { random, inks } = press;
  const knit = texture(press, "knit", inks.bright, inks.main);
  const sock = "M0 0h84v170q0 26 20 40l44 32q22 18 8 40t-40 14L26 250Q0 232 0 200z";
  const turn = random.between(-6, 8);
  return (
    <>
      <defs>
        {knit.defs}
        <clipPath id={press.id("sock")}>
          <path d={sock} />
        </clipPath>
      </defs>
      {[62, 182].map((x, i) => (
        <g key={x} transform={`translate(${x} ${94 + i * 22}) rotate(${turn})`}>
          <path d={sock} fill={inks.deep} opacity="0.22" style={overprint} transform="translate(10 10)" />
          <path d={sock} fill={inks.main} />
          <g clipPath={`url(#${press.id("sock")})`}>
            <rect y="38" width="200" height="132" fill={knit.fill} />
            <rect width="100" height="34" fill={inks.deep} />
            <path d="M96 300q10 -50 80 -60v70z" fill={inks.bright} />
            <circle cx="18" cy="232" r="40" fill={inks.deep} />
          </g>
        </g>
      ))}
    </>
  );
};

export const dress: Drawing = (press) => {
  const { random, inks } = press;
  const print = texture(press, "print", inks.bright, inks.main);
  const hem = random.between(90, 132);
  return (
    <>
      <defs>{print.defs}</defs>
      <path d="M200 92q-8 -34 14 -34t10 26L110 140h180L212 92" fill="none" stroke={inks.deep} strokeWidth="7" />
      <path
        d={`M150 124L158 226L${200 - hem} 410H${200 + hem}L242 226L250 124Q226 168 200 168T150 124z`}
        fill={inks.deep}
        opacity="0.22"
        style={overprint}
        transform="translate(12 8)"
      />
      <path d={`M158 226L${200 - hem} 410H${200 + hem}L242 226z`} fill={print.fill} />
      <path d="M150 124L158 226H242L250 124Q226 168 200 168T150 124z" fill={inks.main} />
      <rect x="154" y="216" width="92" height="20" fill={inks.deep} />
    </>
  );
};
