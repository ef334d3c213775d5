import { around, type Drawing, overprint, shadow, texture } from "../print.tsx";

export const fruit: Drawing = (press) => {
  const { random, inks } = press;
  const radius = random.between(78, 96);
  const seeds = random.pick([4, 6, 8]);
  return (
    <>
      {shadow(press, 310)}
      <circle cx="148" cy={400 - radius} r={radius} fill={inks.main} />
      <path d={`M148 ${400 - radius * 2}q0 -30 20 -44`} stroke={inks.deep} strokeWidth="8" fill="none" />
      <path d={`M160 ${388 - radius * 2}q30 -44 84 -26q-30 44 -84 26z`} fill={inks.bright} />
      <g transform={`translate(268 ${400 - radius * 0.86}) rotate(${random.between(-20, 20)})`}>
        <circle r={radius * 0.86} fill={inks.deep} style={overprint} />
        <circle r={radius * 0.76} fill={inks.paper} />
        <circle r={radius * 0.62} fill={inks.bright} opacity="0.85" />
        {around(seeds).map((angle) => (
          <ellipse key={angle} cy={-radius * 0.36} rx="5" ry="12" transform={`rotate(${angle})`} fill={inks.deep} />
        ))}
      </g>
    </>
  );
};

export const jar: Drawing = (press) => {
  const { random, inks } = press;
  const inside = texture(press, "inside", inks.bright, inks.main);
  const full = random.between(180, 240);
  const round = random.pick([20, 44, 70]);
  return (
    <>
      <defs>
        {inside.defs}
        <clipPath id={press.id("glass")}>
          <rect x="108" y="150" width="184" height="250" rx={round} />
        </clipPath>
      </defs>
      {shadow(press, 230)}
      <rect x="108" y="150" width="184" height="250" rx={round} fill={inks.paper} />
      <g clipPath={`url(#${press.id("glass")})`}>
        <rect x="100" y={full} width="200" height="240" fill={inside.fill} />
        <rect x="252" y="140" width="60" height="270" fill={inks.deep} opacity="0.3" style={overprint} />
      </g>
      <rect x="118" y="112" width="164" height="44" rx="6" fill={inks.deep} />
      <rect x="138" y="272" width="124" height="76" fill={inks.paper} />
      <rect x="154" y="292" width="74" height="11" fill={inks.deep} />
      <rect x="154" y="314" width="48" height="11" fill={inks.main} />
    </>
  );
};

export const bowl: Drawing = (press) => {
  const { random, inks } = press;
  const glaze = texture(press, "glaze", inks.bright, inks.deep);
  const pieces = Array.from({ length: random.whole(4, 6) }, (_, i) => ({
    x: 112 + i * 36 + random.between(-6, 6),
    y: 262 - random.between(0, 34),
    r: random.between(34, 50),
  }));
  return (
    <>
      <defs>
        {glaze.defs}
        <clipPath id={press.id("bowl")}>
          <path d="M60 262H340C340 350 280 392 200 392S60 350 60 262z" />
        </clipPath>
      </defs>
      {shadow(press, 220)}
      {[150, 200, 250].map((x) => (
        <path
          key={x}
          d={`M${x} 160q-22 -26 0 -50t0 -46`}
          fill="none"
          stroke={inks.deep}
          strokeWidth="6"
          opacity="0.35"
          strokeLinecap="round"
        />
      ))}
      {pieces.map(({ x, y, r }, i) => (
        <circle key={x} cx={x} cy={y} r={r} fill={i % 2 ? inks.bright : inks.main} style={overprint} />
      ))}
      <g clipPath={`url(#${press.id("bowl")})`}>
        <rect width="400" height="500" fill={inks.deep} />
        <rect y="290" width="400" height={random.between(30, 54)} fill={glaze.fill} />
      </g>
      <rect x="150" y="388" width="100" height="14" fill={inks.deep} />
    </>
  );
};

export const bottle: Drawing = (press) => {
  const { random, inks } = press;
  const label = texture(press, "label", inks.bright, inks.paper);
  const width = random.between(52, 72);
  const shoulder = random.between(190, 230);
  const shape = `M178 96H222V150C222 ${shoulder - 30} ${200 + width} ${shoulder - 20} ${200 + width} ${shoulder + 20}V400H${200 - width}V${shoulder + 20}C${200 - width} ${shoulder - 20} 178 ${shoulder - 30} 178 150z`;
  return (
    <>
      <defs>{label.defs}</defs>
      {shadow(press, width * 3)}
      <path d={shape} fill={inks.main} />
      <path
        d={`M${200 + width * 0.4} ${shoulder}H${200 + width}V400H${200 + width * 0.4}z`}
        fill={inks.deep}
        opacity="0.35"
        style={overprint}
      />
      <rect x="172" y="80" width="56" height="30" rx="4" fill={inks.deep} />
      <rect x={200 - width} y="272" width={width * 2} height="88" fill={label.fill} />
      <circle cx="200" cy="316" r="27" fill={inks.deep} />
      <circle cx={random.pick([96, 304])} cy="368" r="32" fill={inks.bright} />
    </>
  );
};
