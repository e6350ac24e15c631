// The page's state and controls. Names from files only ever become text nodes.

const content = JSON.parse(document.getElementById("content").textContent);
const byId = (id) => document.getElementById(id);
const ceiling = halfFloats(content.neurons.ceiling);
const familyOf = new Map(content.families.map((family) => [family.id, family]));
const placeOf = new Map(content.models.map((model, place) => [model.id, place]));
const DECODERS = ["beta_vae", "vae", "ae"];
const SCORES = [
  { name: "alignment", label: "Alignment" },
  { name: "alignment_live", label: "Alignment over live units" },
  { name: "remix_gap", label: "Remix gap" },
  { name: "heldout", label: "Alignment, held-out faces" },
  { name: "artificial", label: "Alignment, artificial neurons" },
  { name: "udr", label: "UDR" },
  { name: "n_live", label: "Live units" },
].filter(({ name }) => content.models.some((model) => model.scores[name] !== null));
const PARAMETERS = { beta: "β", units: "Units", n_components: "Components" };
const state = { score: SCORES[0], model: 0, neuron: 0 };
let view;

/** A new element with text; text never is markup. */
function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function fillSelect(select, options, chosen) {
  select.replaceChildren(...options.map(({ value, text }) => {
    const option = make("option", text);
    option.value = value;
    return option;
  }));
  select.value = chosen;
}

/** The values of a model as numbers, and what the charts ask of them. */
function decoded(model) {
  const weights = halfFloats(model.weights);
  const r2 = halfFloats(model.r2);
  const count = content.neurons.ids.length;
  return {
    model,
    r2,
    ceiling,
    units: model.units,
    neurons: content.neurons.ids,
    completeness: halfFloats(model.completeness),
    colour: familyOf.get(model.family).colour,
    weight: (unit, neuron) => weights[unit * count + neuron],
    isTarget: (neuron) => !Number.isNaN(r2[neuron]),
  };
}

function showCards({ scores, parameters, seed, selected, family }) {
  const p = scores.remix_p === null ? "" : `p = ${number(scores.remix_p)}`;
  const share = scores.unexplained_fraction;
  const cards = [
    ["Alignment", number(scores.alignment)],
    ["Alignment, live units", number(scores.alignment_live)],
    ["Remix gap", number(scores.remix_gap), p],
    ["Held-out faces", number(scores.heldout)],
    ["Artificial neurons", number(scores.artificial)],
    ["Neurons explained", number(scores.explained_neurons, 6), share === null ? "" : `${number(100 * (1 - share))} %`],
    ["Live units", number(scores.n_live, 6), `of ${scores.n_units}`],
    ["UDR", number(scores.udr), family !== "beta_vae" ? "" : selected ? "selected" : "not selected"],
    ...Object.entries(parameters).map(([name, value]) => [
      PARAMETERS[name] || name, typeof value === "number" ? number(value, 6) : String(value),
    ]),
    ["Seed", String(seed)],
  ];
  byId("cards").replaceChildren(...cards.map(([name, value, small]) => {
    const card = make("div");
    const worth = make("dd", value);
    if (small) worth.append(make("small", small));
    card.append(make("dt", name), worth);
    return card;
  }));
}

function signed(weight) {
  return weight > 0 ? `+${number(weight)}` : number(weight);
}

function stripsHint(model) {
  const hint = byId("strips-hint");
  if (model.strips.length) {
    const ends = [content.steps[0], content.steps[content.steps.length - 1]].map((end) => number(end));
    hint.textContent = `${model.strips.length} of ${model.scores.n_live} live units, each from ${ends[0]} to `
      + `${ends[1]} SD around a typical face; the bar marks the neuron's strongest unit.`;
    return;
  }
  const others = content.models.filter(({ family, strips }) => family === model.family && strips.length);
  if (!DECODERS.includes(model.family) || !others.length) {
    hint.textContent = DECODERS.includes(model.family)
      ? "No traversals were made in this run." : "This family has no decoder: nothing can be traversed.";
    return;
  }
  hint.textContent = "None kept for this model. There are traversals of ";
  others.forEach(({ id }, place) => {
    const link = make("a", id);
    link.href = `#${new URLSearchParams({ model: id })}`;
    hint.append(...(place ? [", "] : []), link);
  });
}

function showStrips() {
  const { model } = view;
  stripsHint(model);
  const weightOf = ({ column }) => (column < 0 ? 0 : view.weight(column, state.neuron));
  const most = Math.max(0, ...model.units.map((_, unit) => Math.abs(view.weight(unit, state.neuron))));
  byId("strips").replaceChildren(...model.strips.map((strip) => {
    const weight = weightOf(strip);
    const item = make("li", "", most > 0 && Math.abs(weight) === most ? "strongest" : "");
    const image = make("img");
    image.alt = `Faces as unit ${strip.unit} grows`;
    image.src = strip.picture;
    const kl = strip.kl === null ? "" : `, KL ${number(strip.kl)} nats`;
    item.append(image, make("span", `Unit ${strip.unit}${kl}, weight ${signed(weight)}`));
    return item;
  }));
}

function showNeuron() {
  const { neuron } = state;
  const name = content.neurons.ids[neuron];
  byId("neuron-name").textContent = name;
  byId("neuron").value = String(neuron);
  let summary = "One of this model's own units, so it is not predicted.";
  if (view.isTarget(neuron)) {
    const weights = view.units.map((_, unit) => view.weight(unit, neuron));
    const used = weights.filter((weight) => weight !== 0).length;
    summary = `R² ${number(view.r2[neuron])}, noise ceiling ${number(ceiling[neuron])}, `
      + `completeness ${number(view.completeness[neuron])}, `
      + (used === 1 ? "1 unit used." : `${used} units used.`);
  }
  byId("neuron-summary").textContent = summary;
  byId("weights").setAttribute("aria-label", `Weights of neuron ${name} over the units. ${summary}`);
  showStrips();
  view.order ||= neuronOrder(view);
  return Promise.all([
    drawWeights(byId("weights"), view, neuron),
    drawMatrix(byId("matrix"), view, view.order, neuron),
  ]);
}

function showModel() {
  const model = content.models[state.model];
  const members = content.models.filter(({ family }) => family === model.family);
  view = decoded(model);
  document.body.style.setProperty("--family", view.colour);
  byId("family").value = model.family;
  fillSelect(byId("model"), members.map(({ id, scores, selected }) => ({
    value: id, text: `${id} · ${number(scores.alignment)}${selected ? "" : " · not selected"}`,
  })), model.id);
  fillSelect(byId("neuron"), content.neurons.ids.map((id, neuron) => ({
    value: String(neuron), text: `${id} · ${view.isTarget(neuron) ? `R² ${number(view.r2[neuron], 2)}` : "in the model"}`,
  })), String(state.neuron));
  byId("model-title").textContent = `Model ${model.id}`;
  const live = model.scores.n_live;
  const shown = model.units.length < live
    ? `the ${model.units.length} units of largest weight, of ${live} live ones` : `${live} live units`;
  byId("matrix-hint").textContent = `Absolute Lasso weights, ${content.neurons.ids.length} neurons by ${shown}. `
    + "Neurons are ordered by their strongest unit. Bars: R² on test faces; ticks: noise ceiling. Click a neuron.";
  byId("matrix").setAttribute("aria-label", `Alignment matrix of ${model.id}: ${content.neurons.ids.length} neurons by ${shown}`);
  showCards(model);
}

/** Draw everything that depends on the state, note it in the address and say when it is done. */
async function show({ newModel = true } = {}) {
  document.body.dataset.state = "drawing";
  if (newModel) {
    showModel();
    byId("faint-note").hidden = content.models.every(({ selected }) => selected);
  }
  const address = new URLSearchParams({
    model: content.models[state.model].id, neuron: content.neurons.ids[state.neuron],
  });
  history.replaceState(null, "", `#${address}`);
  await Promise.all([
    showNeuron(),
    newModel && drawOverview(byId("overview"), content.families, content.models, state.score, state.model),
  ]);
  document.body.dataset.state = "ready";
}

function chooseModel(place) {
  state.model = place;
  return show();
}

function chooseNeuron(neuron) {
  state.neuron = neuron;
  return show({ newModel: false });
}

/** The model that stands for a family: the one that reconstructs best, or the first selected. */
function representative(family) {
  const members = content.models.filter((model) => model.family === family);
  return members.find((model) => model.representative) || members.find((model) => model.selected) || members[0];
}

/** Take model and neuron from the address; what it does not name keeps or gets a default. */
function readAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  const model = placeOf.get(address.get("model"));
  const neuron = content.neurons.ids.indexOf(address.get("neuron"));
  if (model !== undefined) state.model = model;
  if (neuron >= 0) state.neuron = neuron;
  return { model, neuron };
}

function listen() {
  byId("score").addEventListener("change", ({ target }) => {
    state.score = SCORES[target.selectedIndex];
    show();
  });
  byId("family").addEventListener("change", ({ target }) => chooseModel(placeOf.get(representative(target.value).id)));
  byId("model").addEventListener("change", ({ target }) => chooseModel(placeOf.get(target.value)));
  byId("neuron").addEventListener("change", ({ target }) => chooseNeuron(Number(target.value)));
  byId("overview").on("plotly_click", ({ points }) => {
    const place = points.map((point) => point.customdata).find((data) => data !== undefined);
    if (place !== undefined) chooseModel(place);
  });
  byId("matrix").on("plotly_click", ({ points }) => chooseNeuron(view.order[Math.round(points[0].y)]));
  window.addEventListener("hashchange", () => {
    readAddress();
    show();
  });
}

async function start() {
  byId("run").textContent = content.run;
  document.querySelectorAll(".data-sentence").forEach((place) => { place.textContent = content.data; });
  byId("left-out").textContent = "Dead units; fits on the held-out faces; traversals of all but a few models; "
    + `of models with more than ${content.max_units} live units, the units of least weight. `
    + "Weights and R² are rounded to three significant digits; the files of the run hold them in full.";
  fillSelect(byId("score"), SCORES.map(({ name, label }) => ({ value: name, text: label })), state.score.name);
  fillSelect(byId("family"), content.families.map(({ id, label }) => ({ value: id, text: label })), "");
  state.model = placeOf.get(representative(content.families[0].id).id);
  if (readAddress().neuron < 0) {
    const r2 = halfFloats(content.models[state.model].r2);
    state.neuron = r2.reduce((best, value, neuron) => (value > (r2[best] || 0) ? neuron : best), 0);
  }
  await show();
  listen();
}

start();
