import { type Drawing, overprint, shadow, texture } from "../print.tsx";

export const blocks: Drawing = (press) => {
  const { random, inks } = press;
  const painted = texture(press, "painted", inks.bright, inks.deep);
  const left = random.between(86, 110);
  return (
    <>
      <defs>{painted.defs}</defs>
      {shadow(press, 280)}
      <rect x="76" y="290" width="110" height="110" fill={inks.main} />
      <path d="M196 400V290h130v110h-36a29 29 0 0 0 -58 0z" fill={inks.bright} />
      <circle cx="131" cy="345" r="32" fill={inks.paper} />
      <rect x={left} y="180" width="110" height="110" fill={painted.fill} />
      {random.chance(0.5) ? (
        <path d={`M${left - 12} 180h134l-67 -84z`} fill={inks.main} />
      ) : (
        <path d={`M${left} 180a55 55 0 0 1 110 0z`} fill={inks.main} />
      )}
      <circle cx={random.between(250, 282)} cy="246" r="44" fill={inks.main} style={overprint} />
    </>
  );
};

export const robot: Drawing = (press) => {
  const { random, inks } = press;
  const chest = texture(press, "chest", inks.main, inks.bright);
  const eye = random.between(15, 24);
  const wave = random.pick([-58, -20, 24]);
  return (
    <>
      <defs>{chest.defs}</defs>
      {shadow(press, 220)}
      <path d="M200 130V88" stroke={inks.deep} strokeWidth="8" />
      <circle cx="200" cy="80" r="15" fill={inks.bright} />
      <rect x="142" y="126" width="116" height="96" rx={random.pick([10, 28, 48])} fill={inks.main} />
      <circle cx="174" cy="170" r={eye} fill={inks.paper} />
      <circle cx="226" cy="170" r={eye} fill={inks.paper} />
      <circle cx={174 + eye / 4} cy="172" r={eye / 2} fill={inks.deep} />
      <circle cx={226 + eye / 4} cy="172" r={eye / 2} fill={inks.deep} />
      <path d="M124 256L84 318" stroke={inks.deep} strokeWidth="20" strokeLinecap="round" />
      <path d={`M276 256l42 ${wave}`} stroke={inks.deep} strokeWidth="20" strokeLinecap="round" />
      <rect x="122" y="228" width="156" height="124" rx="14" fill={inks.deep} />
      <rect x="146" y="250" width="108" height="70" rx="8" fill={chest.fill} />
      <rect x="142" y="348" width="42" height="52" fill={inks.main} />
      <rect x="216" y="348" width="42" height="52" fill={inks.main} />
    </>
  );
};

export const car: Drawing = (press) => {
  const { random, inks } = press;
  const stripe = texture(press, "stripe", inks.bright, inks.main);
  const roof = random.between(200, 234);
  const wheel = random.between(38, 48);
  return (
    <>
      <defs>{stripe.defs}</defs>
      {shadow(press, 340, 404)}
      <path d={`M118 300L150 ${roof}q4 -10 16 -10h78q12 0 20 10l44 ${300 - roof}z`} fill={inks.deep} />
      <path
        d={`M140 298L162 ${roof + 14}h36v${284 - roof}zM208 ${roof + 14}h36l38 ${284 - roof}h-74z`}
        fill={inks.paper}
      />
      <rect x="52" y="294" width="296" height="76" rx={random.pick([16, 36])} fill={inks.main} />
      <rect x="52" y="318" width="296" height="26" fill={stripe.fill} />
      <circle cx="330" cy="322" r="14" fill={inks.bright} />
      {[122, 278].map((x) => (
        <g key={x}>
          <circle cx={x} cy={404 - wheel} r={wheel} fill={inks.deep} />
          <circle cx={x} cy={404 - wheel} r={wheel * 0.48} fill={inks.bright} />
        </g>
      ))}
    </>
  );
};

export const rings: Drawing = (press) => {
  const { random, inks } = press;
  const count = random.whole(4, 6);
  const height = 230 / count;
  const colours = [inks.main, inks.bright, inks.deep];
  return (
    <>
      {shadow(press, 270)}
      <rect x="190" y="110" width="20" height="290" fill={inks.deep} />
      {Array.from({ length: count }, (_, i) => {
        const width = 250 - i * (150 / count);
        const y = 400 - (i + 1) * height;
        return (
          <rect
            key={y}
            x={200 - width / 2}
            y={y}
            width={width}
            height={height - 4}
            rx={height / 2}
            fill={colours[i % 3]}
          />
        );
      })}
      <circle cx="200" cy="140" r={random.between(28, 38)} fill={inks.bright} />
      <circle cx="190" cy="130" r="9" fill={inks.paper} />
    </>
  );
};
