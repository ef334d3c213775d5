// Searches the contracts while the user types. The pages work without it.

const mostResults = 12;

/**
 * Finds the entries whose name or text contains every word. Matches in the name come first.
 *
 * @param index entries [name, kind, address, text]
 */
function find(index, query) {
  const words = query
    .toLowerCase()
    .split(/[\s.]+/)
    .filter(Boolean);
  if (words.length === 0) return [];
  const scored = index.map((entry) => ({ entry, score: scoreOf(entry, words) })).filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score || a.entry[0].length - b.entry[0].length);
  return scored.slice(0, mostResults).map(({ entry }) => entry);
}

function scoreOf([name, , , text], words) {
  const parts = name.toLowerCase().split(/[._]/);
  const own = parts[parts.length - 1];
  let score = 0;
  for (const word of words) {
    if (own === word) score += 20;
    else if (own.startsWith(word)) score += 12;
    else if (parts.some((part) => part.startsWith(word))) score += 8;
    else if (name.toLowerCase().includes(word)) score += 5;
    else if (text.toLowerCase().includes(word)) score += 1;
    else return 0;
  }
  return score;
}

function start(index) {
  const form = document.getElementById("search");
  const input = document.getElementById("query");
  const list = document.getElementById("results");
  const found = document.getElementById("found");
  let chosen = -1;

  function show(entries) {
    chosen = -1;
    list.replaceChildren(...entries.map(optionOf));
    list.hidden = entries.length === 0;
    input.setAttribute("aria-expanded", String(entries.length > 0));
    input.removeAttribute("aria-activedescendant");
    found.textContent = input.value.trim() === "" ? "" : `${entries.length || "nothing"} found`;
  }

  function choose(index) {
    const options = [...list.children];
    if (options.length === 0) return;
    chosen = (index + options.length) % options.length;
    for (const [position, option] of options.entries()) option.setAttribute("aria-selected", position === chosen);
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  form.hidden = false;
  input.addEventListener("input", () => show(find(index, input.value)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.children[Math.max(chosen, 0)]?.click();
  });
  list.addEventListener("click", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(Math.max(chosen, 0) - 1);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show([]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || document.activeElement === input) return;
    event.preventDefault();
    input.focus();
  });
}

function optionOf([name, kind, address, text], position) {
  const option = document.createElement("a");
  option.id = `result-${position}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.href = address;
  option.tabIndex = -1;
  for (const [className, value] of [
    ["name", name],
    ["kind", kind],
    ["text", text],
  ]) {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = value;
    option.append(part, " ");
  }
  return option;
}

if (typeof document !== "undefined") start(globalThis.contractsIndex);
