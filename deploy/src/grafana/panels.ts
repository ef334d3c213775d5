import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from "@grafana/grafana-foundation-sdk/common";
import { type Panel, ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** What a panel shows. */
export interface Chart {
  readonly title: string;
  readonly description?: string;
  /** The unit of Grafana: `reqps`, `s`, `percentunit`, `bytes`, `short`. */
  readonly unit: string;
  /** Expressions of Prometheus, by the names of their series, such as `{{rpc_method}}`. */
  readonly series: Readonly<Record<string, string>>;
  /** The value from which on it is red. */
  readonly limit?: number;
}

/** A chart over time, half as wide as the page. */
export function chart({ title, description = "", unit, series, limit }: Chart): Builder<Panel> {
  const panel = new TimeSeriesBuilder().title(title).description(description).unit(unit).min(0).height(8).span(12);
  panel.lineWidth(2).fillOpacity(8);
  for (const target of queries(series)) panel.withTarget(target);
  if (limit === undefined) return panel;
  const style = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line);
  return panel.thresholds(redFrom(limit)).thresholdsStyle(style);
}

/** A number now, a sixth as wide as the page. */
export function figure({ title, description = "", unit, series, limit }: Chart): Builder<Panel> {
  const panel = new StatBuilder().title(title).description(description).unit(unit).height(4).span(4);
  for (const target of queries(series)) panel.withTarget(target);
  return limit === undefined ? panel : panel.thresholds(redFrom(limit));
}

function queries(series: Chart["series"]): DataqueryBuilder[] {
  return Object.entries(series).map(([name, expression], at) => {
    return new DataqueryBuilder()
      .refId(String.fromCharCode(65 + at))
      .expr(expression)
      .legendFormat(name);
  });
}

function redFrom(limit: number): ThresholdsConfigBuilder {
  const steps = [
    { value: null, color: "green" },
    { value: limit, color: "red" },
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
