// The page of the offline map: draws what the rules count. All text goes in as text, never as HTML.
"use strict";

(() => {
  const raw = JSON.parse(document.getElementById("data").textContent);
  const data = {
    ...raw,
    reports: raw.reports.map((row) => Object.fromEntries(raw.fields.map((f, i) => [f, row[i]]))),
  };
  const byId = new Map(data.reports.map((one) => [one.id, one]));
  const $ = (id) => document.getElementById(id);
  const labels = new Map();
  for (const [name, dimension] of Object.entries(data.dimensions)) {
    for (const value of dimension.values) labels.set(name + "\n" + value.id, value.label);
  }
  const groupWords = (group) => {
    const words = group.replaceAll("_", " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
  const labelOf = (dimension, id) => (id.startsWith(gapRules.CLASS)
    ? groupWords(id.slice(gapRules.CLASS.length)) : labels.get(dimension + "\n" + id) || id);
  const counted = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const day = (iso) => (iso ? iso.slice(0, 10) : "");

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === false) continue;
      made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== ""));
    return made;
  }

  // ---- what is asked ---------------------------------------------------------------------------

  function filters() {
    const chosen = (id) => [...$(id).selectedOptions].map((option) => option.value);
    const year = (id) => ($(id).value === "" ? null : Number($(id).value));
    return {
      population: chosen("population"), exposure: chosen("exposure"), country: chosen("country"),
      risk_of_bias: chosen("risk"), direction: chosen("direction"),
      years: [year("from"), year("to")], confirmed_only: $("confirmed").checked,
      included_only: $("included").checked, without_retracted: $("retracted").checked,
      beyond_frame: $("beyond").checked, forms: $("forms").checked,
    };
  }

  /** The filters that are on, in words: a print shows no controls. */
  function under() {
    const said = [...document.querySelectorAll("#filters details label")].map((label) => {
      const control = label.querySelector("select, input");
      const name = label.firstChild.textContent.trim() || label.textContent.trim();
      if (control.type === "checkbox") return control.checked ? name : "";
      const values = control.options ? [...control.selectedOptions].map((one) => one.text) : [control.value];
      return values.some(Boolean) ? `${name}: ${values.join(", ")}` : "";
    }).filter(Boolean);
    return said.length ? `Filters that are on: ${said.join("; ")}.` : "";
  }

  function fillControls() {
    data.views.forEach(([rows, columns], place) => {
      const words = `${data.dimensions[rows].label} by ${data.dimensions[columns].label.toLowerCase()}`;
      $("view").append(element("option", { value: String(place) }, words));
    });
    const plain = (id, values) => {
      $(id).append(...values.map((value) => element("option", { value }, value.replaceAll("_", " "))));
      $(id).closest("label").hidden = !values.length;
    };
    plain("risk", data.risks);
    plain("direction", data.directions);
    $("country").closest("label").hidden = !data.places;
    for (const [id, name] of [["population", "population"], ["exposure", "exposure"], ["country", data.places]]) {
      if (!name) continue;
      const { label, values } = data.dimensions[name];
      $(id).closest("label").firstChild.textContent = id === "country" ? data.places_label : label;
      const ids = new Set(values.map((v) => v.id));
      const groups = [...new Set(values.map((v) => v.group))].filter((g) => g && !ids.has(g));
      for (const group of groups) {
        $(id).append(element("option", { value: group }, `All: ${groupWords(group).toLowerCase()}`));
      }
      for (const value of values) $(id).append(element("option", { value: value.id }, value.label));
    }
  }

  // ---- the map ---------------------------------------------------------------------------------

  let shown = null;
  let open = null;

  function words(cell) {
    if (!cell.applicable) return "not applicable";
    const said = [];
    if (cell.confirmed) said.push(counted(cell.confirmed, "confirmed study", "confirmed studies"));
    if (cell.suggested) said.push(`${cell.suggested.toLocaleString("en")} only suggested`);
    return said.join(", ") || `no study (${cell.gap})`;
  }

  function mark(kind, n, most) {
    // Area grows with the number; the largest of the map fills its cell.
    const size = Math.max(5, 26 * Math.sqrt(n / most));
    const disc = element("i", { class: kind, style: `--size:${size.toFixed(1)}px` });
    return element("span", { class: "mark" }, disc, String(n));
  }

  function draw() {
    const [rows, columns] = data.views[Number($("view").value)];
    const found = gapRules.count(data, rows, columns, filters(), $("grouped").checked);
    shown = { rows, columns, found };
    const most = Math.max(1, ...found.cells.map((c) => Math.max(c.confirmed, c.suggested)));
    const table = $("map");
    table.replaceChildren();
    table.classList.toggle("many", found.columns.length > 10);
    table.setAttribute("aria-rowcount", String(found.rows.length + 1));
    const heads = found.columns.map((id) => element("th", { scope: "col" },
      element("span", {}, labelOf(columns, id))));
    const corner = element("th", { scope: "col" }, data.dimensions[rows].label);
    table.append(element("thead", {}, element("tr", {}, corner, ...heads)));
    const groups = new Map(data.dimensions[rows].values.map((v) => [v.id, v.group]));
    const across = found.columns.length;
    let [body, before] = [null, null];
    found.rows.forEach((row, r) => {
      const group = groups.get(row) ?? "\nunknown";
      if (group !== before) {
        body = element("tbody");
        table.append(body);
        before = group;
        const name = group === "\nunknown" ? "No longer in the codebook" : groupWords(group);
        if (name) body.append(element("tr", {},
          element("th", { scope: "rowgroup", colspan: String(across + 1) }, name)));
      }
      const line = element("tr", {}, element("th", { scope: "row" }, labelOf(rows, row)));
      for (let c = 0; c < across; c += 1) line.append(drawCell(found.cells[r * across + c], r, c, most));
      body.append(line);
    });
    const first = table.querySelector("td");
    if (first) first.tabIndex = 0;
    $("under").textContent = under();
    $("headline").textContent = headline(found);
    $("aside").textContent = aside(found);
    if (open) {
      const still = found.cells.find((c) => c.row === open.row && c.column === open.column);
      if (still && open.view === $("view").value) showPanel(still, false); else closePanel(false);
    }
  }

  function drawCell(cell, r, c, most) {
    const hidden = cell.hidden_reports.length;
    const aside = hidden ? `; the filters hide ${counted(hidden, "report", "reports")}` : "";
    const name = `${labelOf(shown.rows, cell.row)}, ${labelOf(shown.columns, cell.column)}: ${words(cell)}${aside}`;
    const td = element("td", {
      tabindex: "-1", "data-r": String(r), "data-c": String(c), "aria-label": name, title: name,
      class: cell.confirmed || cell.suggested ? null : "none",
    });
    if (cell.confirmed) td.append(mark("full", cell.confirmed, most));
    if (cell.suggested) td.append(mark("ring", cell.suggested, most));
    if (!cell.confirmed && !cell.suggested) {
      td.append(!cell.applicable ? "–" : cell.gap === "not searched" ? "×" : "·");
    }
    return td;
  }

  function headline(found) {
    const filled = found.cells.filter((c) => c.confirmed).length;
    const offered = found.cells.filter((c) => c.suggested && !c.confirmed).length;
    const could = found.cells.filter((c) => c.applicable).length;
    return `${filled.toLocaleString("en")} of ${counted(could, "cell", "cells")} `
      + `${filled === 1 ? "holds" : "hold"} confirmed evidence, suggestions would fill `
      + `${offered.toLocaleString("en")} more; ${counted(found.confirmed_total, "study", "studies")} `
      + `confirmed, ${found.suggested_total.toLocaleString("en")} suggested.`;
  }

  function aside(found) {
    const said = [];
    if (found.outside) said.push(`${counted(found.outside, "report", "reports")} without the exposure of the question`);
    if (found.frame_unknown) said.push(`${counted(found.frame_unknown, "report", "reports")} counted, exposure not coded`);
    if (found.uncoded) said.push(`${counted(found.uncoded, "report", "reports")} without a value on one side`);
    if (found.not_asked) said.push(`${counted(found.not_asked, "report", "reports")} to which a side does not apply`);
    if (found.needs_pairing) said.push(`${counted(found.needs_pairing, "report", "reports")} whose pairing is not stated`);
    if (found.forms) said.push(`${counted(found.forms, "report", "reports")} only as news, abstract or thesis`);
    if (found.hidden.length) said.push(`${counted(found.hidden.length, "report", "reports")} hidden by the filters`);
    return said.length ? `Beside the map: ${said.join("; ")}.` : "";
  }

  // ---- papers ----------------------------------------------------------------------------------

  function paper(id, findings) {
    const one = byId.get(id);
    if (!one) return element("li", {}, `${id} (not among the reports that are counted)`);
    const who = [one.authors, one.year ? `(${one.year})` : ""].filter(Boolean).join(" ");
    const item = element("li", {}, who ? `${who} ` : "", element("strong", {}, one.title || "Without a title"), ` ${one.id}`);
    if (one.study && one.study.slice(1) !== one.id.slice(1)) item.append(`, study ${one.study}`);
    if (one.doi) {
      const address = "https://doi.org/" + encodeURIComponent(one.doi).replaceAll("%2F", "/");
      item.append(" ", element("a", { href: address, rel: "noreferrer" }, `doi:${one.doi}`));
    }
    if (one.retracted) item.append(" (retracted)");
    for (const finding of findings ? one.findings.filter(findings) : []) item.append(findingOf(finding));
    return item;
  }

  function findingOf(finding) {
    const names = ["exposure", "population", "outcome", "study_design"];
    const said = names.map((name) => labelOf(name, finding[name]));
    for (const name of ["instrument", "comparator", "duration"]) if (finding[name]) said.push(finding[name]);
    said.push(`direction: ${(finding.direction || "not_stated").replaceAll("_", " ")}`);
    const made = element("div", {}, element("small", {}, said.join(" · ")));
    if (finding.quote) made.append(element("blockquote", {}, finding.quote));
    return made;
  }

  function papers(head, ids, findings) {
    if (!ids.length) return [];
    return [element("h3", {}, `${head} (${ids.length.toLocaleString("en")})`),
      element("ul", { class: "papers" }, ...ids.map((id) => paper(id, findings)))];
  }

  function members(dimension, id) {
    if (!id.startsWith(gapRules.CLASS)) return new Set([id]);
    return gapRules.expand(data.dimensions[dimension], [id.slice(gapRules.CLASS.length)]);
  }

  function showPanel(cell, focus) {
    const { rows, columns } = shown;
    open = { row: cell.row, column: cell.column, view: $("view").value };
    const [down, across] = [members(rows, cell.row), members(columns, cell.column)];
    const here = (finding) => down.has(finding[rows]) && across.has(finding[columns]);
    const name = `${labelOf(rows, cell.row)} × ${labelOf(columns, cell.column)}`;
    const head = element("h2", { tabindex: "-1" }, name);
    const close = element("button", { type: "button" }, "Close (Escape)");
    close.addEventListener("click", () => closePanel(true));
    const sentence = words(cell);
    $("panel").replaceChildren(head,
      element("p", {}, sentence.charAt(0).toUpperCase() + sentence.slice(1) + ". " + (cell.rule || "")),
      ...papers("Confirmed", cell.confirmed_reports, here),
      ...papers("Only suggested", cell.suggested_reports, null),
      ...papers("Retracted, counted nowhere", cell.retracted_reports, null),
      ...papers("Hidden here by the filters", cell.hidden_reports, null), close);
    $("panel").hidden = false;
    for (const td of $("map").querySelectorAll("td[aria-selected]")) td.removeAttribute("aria-selected");
    const td = cellOf(cell);
    if (td) td.setAttribute("aria-selected", "true");
    if (focus) head.focus();
  }

  function cellOf(cell) {
    const { found } = shown;
    const [r, c] = [found.rows.indexOf(cell.row), found.columns.indexOf(cell.column)];
    return $("map").querySelector(`td[data-r="${r}"][data-c="${c}"]`);
  }

  function closePanel(focus) {
    const before = open;
    open = null;
    $("panel").hidden = true;
    for (const td of $("map").querySelectorAll("td[aria-selected]")) td.removeAttribute("aria-selected");
    if (focus && before) moveTo(cellOf(before));
  }

  function moveTo(td) {
    if (!td) return;
    for (const other of $("map").querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
    td.tabIndex = 0;
    td.focus();
  }

  function openCell(td) {
    moveTo(td);
    const { found } = shown;
    showPanel(found.cells[Number(td.dataset.r) * found.columns.length + Number(td.dataset.c)], true);
  }

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function onKey(event) {
    const td = event.target.closest("td");
    if (!td || event.ctrlKey || event.altKey || event.metaKey) return;
    const { found } = shown;
    let [r, c] = [Number(td.dataset.r), Number(td.dataset.c)];
    if (event.key === "Enter" || event.key === " ") { openCell(td); event.preventDefault(); return; }
    if (event.key in STEPS) [r, c] = [r + STEPS[event.key][0], c + STEPS[event.key][1]];
    else if (event.key === "Home") c = 0;
    else if (event.key === "End") c = found.columns.length - 1;
    else return;
    event.preventDefault();
    moveTo($("map").querySelector(`td[data-r="${r}"][data-c="${c}"]`));
  }

  // ---- claims, gaps, searches, papers ----------------------------------------------------------

  const NAMES = ["no primary study confirmed", "mechanism or animals only",
    "people, without a control", "one controlled study", "several controlled studies"];

  function minded(one) {
    const n = one.excluded_reports.length;
    return [
      one.retracted_reports.length && `${counted(one.retracted_reports.length, "retracted report", "retracted reports")}, counted nowhere`,
      n && `${n.toLocaleString("en")} of the papers named for it excluded since`,
      one.only_suggested && "only suggested, nothing confirmed",
    ].filter(Boolean);
  }

  function claim(one) {
    const level = one.level === null ? "not tested" : `G${one.level}`;
    const hoped = one.suggested_level !== null && one.suggested_level > one.level
      ? `; G${one.suggested_level} if all suggestions were confirmed` : "";
    const summary = element("summary", {}, element("span", { class: "level" }, level), one.text, " ",
      element("small", {}, [one.id, one.direction].filter(Boolean).join(" · ")));
    const made = element("details", { class: "claim" }, summary);
    made.fill = () => {
      if (made.childElementCount > 1) return;
      const facts = [["Level", one.level === null ? one.rule : `${level}: ${NAMES[one.level]}${hoped}. ${one.rule}`],
        ["In the source document", one.where], ["Least evidence asked", one.minimum],
        ["Mind", minded(one).join("; ")], ["Would raise the level", [one.next_level, one.needs].filter(Boolean).join(" ")]];
      for (const [head, text] of facts) if (text) made.append(element("p", {}, element("strong", {}, `${head}: `), text));
      made.append(...papers("Confirmed", one.reports, null), ...papers("Only suggested", one.suggested_reports, null),
        ...papers("Reviews", [...one.reviews, ...one.suggested_reviews], null));
    };
    made.addEventListener("toggle", made.fill);
    return made;
  }

  function rowsOf(id, heads, lines) {
    const head = element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", { scope: "col" }, h))));
    $(id).replaceChildren(head, bodyOf(lines));
  }

  // ---- the ledger of gaps ----------------------------------------------------------------------

  const KINDS = { "row claim": "whole rows and claims", row: "whole rows", claim: "claims", cell: "cells" };
  const SORTS = {
    Gap: (one) => one.label.toLowerCase(), Why: (one) => one.gap || "",
    Studies: (one) => (one.confirmed || 0) + (one.suggested || 0),
    Stays: (one) => lost(one).length, Priority: (one) => ["high", "medium", "low"].indexOf(one.priority) >>> 0,
    Searched: (one) => one.searched || "", Status: (one) => one.status,
  };
  const FIRST = 40; // rows that are drawn before more are asked for
  let [sorted, turned, most] = ["", false, FIRST];

  // The stricter looks at the evidence under which a gap is none.
  const lost = (one) => data.bars.filter((bar) => one.gap && bar in one.bars && !one.bars[bar]);

  function stays(one) {
    if (!one.gap || !(one.confirmed || one.suggested)) return "";
    if (lost(one).length) return `not ${lost(one).join(", ")}`;
    const other = Object.values(one.bars).filter((gap) => gap !== one.gap).length;
    return other ? `weaker under ${counted(other, "bar", "bars")}` : "as it is";
  }

  function gapOf(one) {
    const facts = [["Studies", `${one.confirmed || 0} confirmed, ${one.suggested || 0} only suggested`],
      ...data.bars.map((bar) => [bar.charAt(0).toUpperCase() + bar.slice(1), one.bars[bar] || "no gap"]),
      ["Searches that cover it", (one.searches || []).join(", ") || "none"],
      ["Coded by", Object.entries(one.coders || {}).map(([who, at]) => `${who} (${at})`).join(", ")],
      ["Claims that ask for it", (one.claims || []).join(", ")], ["Note", one.note],
      ["Set aside because", one.aside], ["Id", one.id]];
    const made = element("details", {}, element("summary", {}, one.label));
    made.addEventListener("toggle", () => {
      if (made.childElementCount > 1) return;
      for (const [head, text] of facts) if (text) made.append(element("p", {}, element("strong", {}, `${head}: `), text));
      made.append(...papers("Closed by", one.closed_by || [], null), ...papers("Confirmed", one.reports || [], null),
        ...papers("Only suggested", one.suggested_reports || [], null));
    });
    return made;
  }

  function fillLedger() {
    const some = (id, values, all, words = (value) => value) => $(id).append(element("option", { value: "" }, all),
      ...values.map((value) => element("option", { value }, words(value))));
    const held = (name) => [...new Set(data.ledger.map((one) => one[name]).filter(Boolean))];
    some("gap-kind", Object.keys(KINDS), "everything", (kind) => KINDS[kind]);
    $("gap-kind").value = "row claim";
    some("gap-status", held("status"), "all");
    some("gap-why", held("gap").sort(), "all");
    if (held("status").includes("open")) $("gap-status").value = "open";
  }

  function ledger() {
    const [kind, status, why] = ["gap-kind", "gap-status", "gap-why"].map((id) => $(id).value);
    let rows = data.ledger.filter((one) => (!kind || kind.split(" ").includes(one.kind))
      && (!status || one.status === status) && (!why || one.gap === why));
    if (sorted) {
      const worth = new Map(rows.map((one) => [one, SORTS[sorted](one)]));
      const sign = turned ? -1 : 1;
      rows = [...rows].sort((a, b) => sign * (worth.get(a) < worth.get(b) ? -1 : worth.get(a) > worth.get(b) ? 1 : 0));
    }
    $("gaps-said").textContent = `${counted(rows.length, "place", "places")} of ${data.ledger.length.toLocaleString("en")}`
      + " in the ledger.";
    const heads = Object.keys(SORTS).map((name) => {
      const button = element("button", { type: "button", class: "sort" }, name);
      button.addEventListener("click", () => {
        [turned, sorted] = [sorted === name && !turned, name];
        ledger();
        [...$("gaps").querySelectorAll("button.sort")].find((one) => one.textContent === name).focus();
      });
      const order = turned ? "descending" : "ascending";
      return element("th", { scope: "col", "aria-sort": sorted === name ? order : null }, button);
    });
    const lines = rows.slice(0, most).map((one) => {
      const held = (one.confirmed || 0) + (one.suggested || 0);
      const studies = one.suggested ? `${held} (${one.suggested} suggested)` : String(held);
      const why = element("div", {}, one.gap || "no gap", element("br"), element("small", {}, one.rule || ""));
      return [gapOf(one), why, studies, stays(one), one.priority || "", one.searched || "never", one.status];
    });
    $("gaps").replaceChildren(element("thead", {}, element("tr", {}, ...heads)), bodyOf(lines));
    $("gaps-more").hidden = rows.length <= most;
    $("gaps-more").textContent = `Show all ${rows.length.toLocaleString("en")}`;
  }

  const bodyOf = (lines) => element("tbody", {}, ...lines.map((line) => element("tr", {}, ...line.map((t) => element("td", {}, t)))));

  function drawRest() {
    fillLedger();
    $("claims").append(...data.claims.map(claim));
    ledger();
    rowsOf("searches", ["Search", "Source", "As sent", "Last complete run", "Records"], data.searches.map(
      (one) => [`${one.label} (${one.name})`, one.source, one.query,
        one.run ? `${day(one.time)}, ${one.run}` : "none yet", one.run ? String(one.records) : ""]));
    rowsOf("boxes", ["Flow", "Number"], Object.entries(data.boxes).map(([name, n]) => [name.replaceAll("_", " "), String(n)]));
    $("all").fill = () => {
      if ($("all-papers").childElementCount) return;
      const ids = [...data.reports].sort((a, b) => (b.year || 0) - (a.year || 0)).map((one) => one.id);
      $("all-papers").append(...ids.map((id) => paper(id, () => true)));
    };
    $("all").addEventListener("toggle", $("all").fill);
  }

  fillControls();
  draw();
  drawRest();
  $("filters").addEventListener("change", draw);
  for (const id of ["gap-kind", "gap-status", "gap-why"]) {
    $(id).addEventListener("change", () => { most = FIRST; ledger(); });
  }
  $("gaps-more").addEventListener("click", () => { most = Infinity; ledger(); });
  $("clear").addEventListener("click", () => { $("filters").reset(); draw(); });
  $("map").addEventListener("click", (event) => {
    const td = event.target.closest("td");
    if (td) openCell(td);
  });
  $("map").addEventListener("keydown", onKey);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) closePanel(true);
  });
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    // The ledger prints the rule of each row; its papers stand on the map and in the list of all.
    // What is folded is written only once it is opened, and the page is printed before it hears of
    // that: so it is written here.
    unfolded = [...document.querySelectorAll("details:not([open])")].filter((one) => !one.closest("#gaps, #filters"));
    for (const one of unfolded) { one.fill?.(); one.open = true; }
  });
  window.addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
    unfolded = [];
  });

  // ---- pictures --------------------------------------------------------------------------------

  function save(blob, name) {
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  $("svg").addEventListener("click", () => {
    save(new Blob([data.picture], { type: "image/svg+xml" }), "gap-map.svg");
  });
  $("png").addEventListener("click", () => {
    const image = new Image();
    image.onload = () => {
      const canvas = element("canvas", { width: 2 * image.width, height: 2 * image.height });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, "gap-map.png"), "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(data.picture);
  });

  window.gapMap = { data, count: (rows, columns, asked, grouped) => gapRules.count(data, rows, columns, asked, grouped) };
})();
