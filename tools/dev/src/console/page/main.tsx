import { render } from "preact";
import { App } from "./app.tsx";
import "./style/base.css";
import "./style/layout.css";
import "./style/services.css";
import "./style/traces.css";
import "./style/data.css";

const root = document.getElementById("root");
if (root) render(<App />, root);
