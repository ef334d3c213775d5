import library from "@mermaid-js/tiny/dist/mermaid.tiny.js?url";

/** Resolves with Mermaid, which is a script and no module. @type {Promise<any> | undefined} */
let loaded;

/** The number of drawings, because each needs an id of its own. */
let drawings = 0;

/** Draws the diagrams of the page, in the colours of the site. Without JavaScript their source is to be read. */
export async function drawDiagrams() {
  const blocks = [...document.querySelectorAll("pre.diagram")];
  if (blocks.length === 0) return;
  loaded ??= load();
  const mermaid = await loaded;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [paper, sheet, ink, soft, wash] = ["--paper", "--sheet", "--ink", "--soft", "--wash"].map(colour);
  mermaid.initialize({
    startOnLoad: false,
    theme: "base",
    // Labels of HTML would have the line height of the page, for which the boxes are too low.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily: "inherit",
    themeVariables: {
      background: paper,
      primaryColor: sheet,
      primaryTextColor: ink,
      primaryBorderColor: ink,
      secondaryColor: wash,
      tertiaryColor: wash,
      tertiaryTextColor: ink,
      lineColor: soft,
      textColor: ink,
      noteBkgColor: wash,
      noteTextColor: ink,
      noteBorderColor: soft,
      actorBkg: sheet,
      actorBorder: ink,
      actorTextColor: ink,
      signalColor: ink,
      signalTextColor: ink,
      labelBoxBkgColor: sheet,
      labelTextColor: ink,
      loopTextColor: ink,
      edgeLabelBackground: paper,
      clusterBkg: wash,
      clusterBorder: soft,
    },
  });
  for (const block of blocks) {
    block.dataset.source ??= block.textContent ?? "";
    const { svg } = await mermaid.render(`diagram-${drawings++}`, block.dataset.source);
    block.innerHTML = svg;
  }
}

function load() {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: library });
    script.onload = () => resolve(globalThis.mermaid);
    script.onerror = () => reject(new Error("the diagrams can't be drawn"));
    document.head.append(script);
  });
}
