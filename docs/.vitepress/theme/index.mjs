import "@fontsource-variable/bricolage-grotesque/opsz.css";
import { onContentUpdated, useData } from "vitepress";
import theme from "vitepress/theme-without-fonts";
import { watch } from "vue";
import { drawDiagrams } from "./draw-diagrams.mjs";
import "./style.css";

export default {
  extends: theme,
  setup() {
    onContentUpdated(drawDiagrams);
    watch(useData().isDark, drawDiagrams, { flush: "post" });
  },
};
