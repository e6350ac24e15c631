// The charts of the page, drawn with plotly from a model's decoded values.

const INK = "#1a1a1a";
const FAINT = "#59616b";
const GRID = "#e6e9ed";
const SHADES = [
  [0, "#ffffff"],
  [0.08, "#e3e9f1"],
  [0.3, "#a3b7d1"],
  [0.65, "#44679b"],
  [1, "#10284b"],
];
const FONT = { family: 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif', size: 12, color: INK };
const CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false, // plotly would offer to upload the chart, with the user's data
  modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
};

/** Half floats, little-endian in base64, as numbers. */
function halfFloats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i += 1) {
    const bits = view.getUint16(2 * i, true);
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction;
    values[i] = exponent === 31 ? NaN : bits & 0x8000 ? -size : size;
  }
  return values;
}

/** Text as plotly shows it letter by letter: it reads some markup in its labels. */
function plotText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function number(value, digits = 3) {
  if (value === null || Number.isNaN(value)) return "–";
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** Tick positions and names: all of them, or evenly spaced ones where there are too many. */
function ticks(names, most, letters) {
  const step = Math.ceil(names.length / most) || 1;
  const places = names.map((_, place) => place).filter((place) => place % step === 0);
  return {
    tickmode: "array",
    tickvals: places,
    ticktext: places.map((place) => plotText(shortened(names[place], letters))),
  };
}

function axis(options) {
  return { zeroline: false, gridcolor: GRID, linecolor: FAINT, fixedrange: false, ...options };
}

function layout(margin, more) {
  return {
    font: FONT,
    margin: { l: 58, r: 12, t: 28, b: 40, ...margin },
    paper_bgcolor: "#fff",
    plot_bgcolor: "#fff",
    showlegend: false,
    hovermode: "closest",
    hoverlabel: { align: "left", bgcolor: "#fff", bordercolor: FAINT, font: FONT },
    ...more,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Draw one point a model; `customdata` of a point is the model's place in `models`. */
function drawOverview(element, families, models, score, current) {
  const traces = [];
  families.forEach((family, column) => {
    const members = models
      .map((model, place) => ({ model, place, value: model.scores[score.name] }))
      .filter(({ model, value }) => model.family === family.id && value !== null);
    if (!members.length) return;
    const middle = median((members.some(({ model }) => model.selected)
      ? members.filter(({ model }) => model.selected) : members).map(({ value }) => value));
    traces.push({
      type: "scatter", mode: "lines", hoverinfo: "skip",
      x: [column - 0.38, column + 0.38], y: [middle, middle], line: { color: INK, width: 1.5 },
    });
    traces.push({
      type: "scatter", mode: "markers", cliponaxis: false,
      // Multiples of the golden ratio spread points evenly, and the same way each time.
      x: members.map((_, i) => column + (((i * 0.618034) % 1) - 0.5) * Math.min(0.6, 0.1 * members.length)),
      y: members.map(({ value }) => value),
      customdata: members.map(({ place }) => place),
      hovertext: members.map(({ model, value }) => `${plotText(model.id)}<br>${score.label}: ${number(value)}`),
      hoverinfo: "text",
      marker: {
        size: members.map(({ place }) => (place === current ? 14 : 7)),
        color: family.colour,
        opacity: members.map(({ model, place }) => (model.selected || place === current ? 0.9 : 0.3)),
        line: { color: INK, width: members.map(({ place }) => (place === current ? 2.5 : 0.5)) },
      },
    });
  });
  const names = families.map((family) => family.label);
  const named = ticks(names, names.length, 30);
  named.ticktext = named.ticktext.map((text) => text.replaceAll(" ", "<br>"));
  return Plotly.react(element, traces, layout({}, {
    xaxis: axis({ ...named, range: [-0.6, names.length - 0.4], showgrid: false, automargin: true, autotickangles: [0, -60] }),
    yaxis: axis({ title: { text: score.label }, automargin: true }),
  }), CONFIG);
}

/** Order neurons by their strongest unit, then by that weight; those without weights come last. */
function neuronOrder(view) {
  const strongest = view.neurons.map((_, neuron) => {
    let best = -1;
    let size = 0;
    for (let unit = 0; unit < view.units.length; unit += 1) {
      const weight = Math.abs(view.weight(unit, neuron));
      if (weight > size) [best, size] = [unit, weight];
    }
    return { neuron, unit: best < 0 ? Infinity : best, size };
  });
  strongest.sort((a, b) => (a.unit === b.unit ? b.size - a.size : a.unit - b.unit) || a.neuron - b.neuron);
  return strongest.map(({ neuron }) => neuron);
}

function neuronText(view, neuron) {
  const name = plotText(view.neurons[neuron]);
  return view.isTarget(neuron)
    ? `neuron ${name}, R² ${number(view.r2[neuron])}`
    : `neuron ${name}: one of this model's own units`;
}

/** Draw the absolute weights, and beside them each neuron's R² with its noise ceiling. */
function drawMatrix(element, view, order, current) {
  const rows = order.map((_, row) => row);
  const size = order.map((neuron) => view.units.map((_, unit) => Math.abs(view.weight(unit, neuron))));
  const labels = order.map((neuron) => neuronText(view, neuron));
  const text = order.map((neuron, row) => view.units.map(
    (unit, column) => `${labels[row]}<br>unit ${plotText(unit)}, weight ${number(view.weight(column, neuron))}`,
  ));
  const ceiling = order.map((neuron) => view.ceiling[neuron]);
  const place = order.indexOf(current);
  const traces = [
    {
      type: "heatmap", z: size, text, hoverinfo: "text", colorscale: SHADES, zmin: 0,
      zmax: size.reduce((most, row) => Math.max(most, ...row), 1e-6),
      colorbar: { title: { text: "|weight|", side: "top" }, orientation: "h", thickness: 10, len: 0.36, x: 0, xanchor: "left", y: 1.01, yanchor: "bottom", nticks: 4 },
    },
    {
      type: "bar", orientation: "h", y: rows, x: order.map((neuron) => Math.max(0, view.r2[neuron]) || 0),
      text: labels, textposition: "none", hoverinfo: "text", marker: { color: view.colour }, xaxis: "x2",
    },
    {
      type: "scatter", mode: "markers", y: rows, x: ceiling, xaxis: "x2", hoverinfo: "text",
      text: ceiling.map((value) => `noise ceiling ${number(value)}`),
      marker: { symbol: "line-ns-open", size: 6, color: FAINT },
    },
  ];
  const height = Math.min(700, Math.max(280, 9 * rows.length));
  const names = ticks(order.map((neuron) => view.neurons[neuron]), height / 14, 14);
  return Plotly.react(element, traces, layout({ t: 50, b: 80, l: 66 }, {
    height: height + 130,
    bargap: 0.15,
    xaxis: axis({ domain: [0, 0.78], tickangle: -60, automargin: true, showgrid: false, range: [-0.5, view.units.length - 0.5], ...ticks(view.units, 30, 14) }),
    xaxis2: axis({ domain: [0.81, 1], title: { text: "R²" }, rangemode: "tozero", nticks: 3 }),
    yaxis: axis({ range: [rows.length - 0.5, -0.5], automargin: true, showgrid: false, ...names }),
    // Axis titles would run into the names of units.
    annotations: [{
      xref: "paper", yref: "paper", x: 0.78, y: 1, xanchor: "right", yanchor: "bottom",
      text: "rows: neurons, columns: live units", font: { color: FAINT }, showarrow: false,
    }],
    shapes: place < 0 ? [] : [{
      type: "rect", xref: "paper", x0: 0, x1: 1, y0: place - 0.5, y1: place + 0.5,
      line: { color: "#d62a1e", width: 1.5 },
    }],
  }), CONFIG);
}

/** Draw the signed weights of one neuron over the units. */
function drawWeights(element, view, neuron) {
  const weights = view.units.map((_, unit) => view.weight(unit, neuron));
  return Plotly.react(element, [{
    type: "bar", x: weights.map((_, unit) => unit), y: weights,
    text: weights.map((weight, unit) => `unit ${plotText(view.units[unit])}<br>weight ${number(weight)}`),
    textposition: "none", hoverinfo: "text",
    marker: { color: view.colour, line: { color: INK, width: weights.map((weight) => (weight ? 0.5 : 0)) } },
  }], layout({}, {
    xaxis: axis({ tickangle: -60, automargin: true, showgrid: false, ...ticks(view.units, 30, 14) }),
    yaxis: axis({ title: { text: "weight" }, zeroline: true, zerolinecolor: FAINT, automargin: true }),
  }), CONFIG);
}
