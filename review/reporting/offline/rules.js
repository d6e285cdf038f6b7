// The rules of the map: from reports and filters to cells. They are those of review.gaps.evidence,
// review.gaps.matrix and review.gaps.gap_rules, and a test compares the counts of both.
"use strict";

const gapRules = (() => {
  const ANCHORS = ["outcome", "exposure", "population", "study_design"];
  const DESIGN = "study_design";
  const PRIMARY = ["controlled", "uncontrolled", "mechanism", "product"];
  const NOT_STATED = "not_stated";
  const CLASS = "class:";

  // No filter; those that are not named are off.
  const NONE = {
    population: [], exposure: [], years: [null, null], included_only: false, beyond_frame: false,
    forms: false, country: [], risk_of_bias: [], direction: [], confirmed_only: false,
    without_retracted: false,
  };

  const meets = (one, other) => [...one].some((value) => other.has(value));

  // What a filter left out counts nowhere, and tags do not speak for what it covers.
  const written = (report) => [...report.findings, ...(report.aside || [])];

  function confirmed(report, dimension) {
    const values = new Set(report.tags[dimension] || []);
    if (ANCHORS.includes(dimension)) for (const f of written(report)) values.add(f[dimension]);
    return values;
  }

  // Confirmed values, or the suggested ones where nothing is confirmed; and which it is.
  function valuesOf(report, dimension) {
    const sure = confirmed(report, dimension);
    return sure.size ? [sure, true] : [new Set(report.suggested[dimension] || []), false];
  }

  const parentsOf = (dimension) => new Map(
    dimension.values.filter((v) => v.parents).map((v) => [v.id, v.parents]));

  // Group names become the values they stand for, others stand for their finer values as well.
  // Values that took the place of retired ones stand for them too.
  function successors(dimension, ids) {
    const after = new Map(dimension.values.map((v) => [v.id, v.becomes || []]));
    const found = new Set(ids);
    for (const one of found) (after.get(one) || []).forEach((id) => found.add(id)); // grows meanwhile
    return found;
  }

  function expand(dimension, names) {
    const known = new Set(dimension.values.map((v) => v.id));
    const found = new Set();
    for (const name of names) {
      const members = dimension.values.filter((v) => v.group === name);
      if (members.length && !known.has(name)) {
        successors(dimension, members.map((v) => v.id)).forEach((id) => found.add(id));
        continue;
      }
      const wanted = successors(dimension, [name]);
      wanted.forEach((id) => found.add(id));
      for (const [id, above] of parentsOf(dimension)) {
        if (above.some((one) => wanted.has(one))) found.add(id);
      }
    }
    return found;
  }

  function wanted(data, filters) {
    const values = {};
    const asked = { population: filters.population, exposure: filters.exposure };
    if (data.places) asked[data.places] = filters.country;
    for (const [name, names] of Object.entries(asked)) {
      if (names.length) values[name] = expand(data.dimensions[name], names);
    }
    const framed = !filters.beyond_frame && !filters.exposure.length;
    return { values, filters, frame: new Set(framed ? data.frame : []) };
  }

  function looksAt(report, filters) {
    const [low, high] = filters.years;
    if (filters.included_only && !report.included) return false;
    if (filters.without_retracted && report.retracted) return false;
    if (filters.risk_of_bias.length && !Object.keys(report.risks).length
      && !filters.risk_of_bias.includes(report.risk)) return false;
    if (low === null && high === null) return true;
    if (report.year === null) return false;
    return (low === null || low <= report.year) && (high === null || report.year <= high);
  }

  function within(report, want) {
    if (!want.frame.size) return true;
    const [exposures] = valuesOf(report, "exposure");
    return exposures.size ? meets(exposures, want.frame) : null;
  }

  const outsideFindings = (held) => Object.fromEntries(
    Object.entries(held).filter(([name]) => !ANCHORS.includes(name)));

  // What of a report points in one of these directions; null when nothing does.
  function pointing(report, directions) {
    const fits = (f) => directions.includes(f.direction || NOT_STATED);
    const findings = report.findings.filter(fits);
    if (directions.includes(NOT_STATED)) { // as is what only tags say
      const aside = [...(report.aside || []), ...report.findings.filter((f) => !fits(f))];
      return { ...report, findings, aside };
    }
    if (!findings.length) return null;
    return { ...report, findings, tags: outsideFindings(report.tags),
      suggested: outsideFindings(report.suggested) };
  }

  // What of a report whose results were judged apart has the risk of bias that is asked for: the
  // outcomes that have it; null when none has.
  function judged(report, risks) {
    const outcomes = Object.keys(report.risks);
    if (!risks.length || !outcomes.length) return report;
    const left = new Set(outcomes.filter((one) => risks.includes(report.risks[one])));
    if (!left.size) return null;
    const kept = (held) => ({ ...held, outcome: (held.outcome || []).filter((o) => left.has(o)) });
    return { ...report, tags: kept(report.tags), suggested: kept(report.suggested),
      findings: report.findings.filter((f) => left.has(f.outcome)),
      aside: [...(report.aside || []), ...report.findings.filter((f) => !left.has(f.outcome))] };
  }

  // What of a report passes the filters; null when nothing does.
  function narrowed(report, want) {
    const asked = want.filters;
    if (!looksAt(report, asked)) return null;
    let one = judged(report, asked.risk_of_bias);
    if (one === null) return null;
    if (asked.confirmed_only) one = { ...one, suggested: {} };
    if (asked.direction.length) one = pointing(one, asked.direction);
    if (one === null) return null;
    let sure = true;
    for (const [name, values] of Object.entries(want.values)) {
      const [held, settled] = valuesOf(one, name);
      if (!meets(held, values)) return null;
      sure = sure && settled;
    }
    if (asked.confirmed_only && !(one.tagged || one.findings.length)) return null;
    const passes = (f) => Object.entries(want.values).every(
      ([name, values]) => !ANCHORS.includes(name) || values.has(f[name]));
    const aside = [...(one.aside || []), ...one.findings.filter((f) => !passes(f))];
    return { ...one, findings: one.findings.filter(passes), aside, sure };
  }

  // Broader values that a finer one of the same report implies are no choice of their own; its
  // cells count for the broader values too.
  function folding(down, across) {
    const nested = [down, across].map((d) => [d.name, parentsOf(d)]).filter(([, p]) => p.size);
    const [rows, columns] = [parentsOf(down), parentsOf(across)];
    const specific = (values, parents) => {
      const implied = new Set(values.flatMap((value) => parents.get(value) || []));
      return values.filter((value) => !implied.has(value));
    };
    return {
      specific: (report) => nested.reduce((one, [name, parents]) => {
        const made = { ...one, tags: { ...one.tags }, suggested: { ...one.suggested } };
        for (const held of [made.tags, made.suggested]) {
          if (held[name]) held[name] = specific(held[name], parents);
        }
        return made;
      }, report),
      folded: (pairs) => {
        if (!nested.length) return pairs;
        const made = new Map();
        for (const [row, column] of pairs.values()) {
          for (const r of [row, ...(rows.get(row) || [])]) {
            for (const c of [column, ...(columns.get(column) || [])]) made.set(r + "\n" + c, [r, c]);
          }
        }
        return made;
      },
    };
  }

  function pair(left, rows, columns, want, fold) {
    const said = new Map();
    const covered = new Set();
    let anchor = rows;
    const both = [rows, columns];
    if (written(left).length && both.every((name) => ANCHORS.includes(name))) {
      anchor = ANCHORS.find((name) => both.includes(name));
      for (const f of written(left)) covered.add(f[anchor]);
      for (const f of left.findings) {
        const inFrame = !want.frame.size || want.frame.has(f.exposure);
        if (inFrame) said.set(f[rows] + "\n" + f[columns], [f[rows], f[columns]]);
      }
    }
    const [rowValues, rowSure] = valuesOf(left, rows);
    const [columnValues, columnSure] = valuesOf(left, columns);
    let implied = new Map();
    for (const r of rowValues) {
      for (const c of columnValues) {
        if (!covered.has(anchor === rows ? r : c)) implied.set(r + "\n" + c, [r, c]);
      }
    }
    const unpaired = rowValues.size > 1 && columnValues.size > 1 && implied.size > 0;
    if (unpaired) implied = new Map();
    const coded = rowValues.size > 0 && columnValues.size > 0;
    const sure = rowSure && columnSure;
    const all = fold.folded(new Map([...said, ...implied]));
    if (!left.sure) return { confirmed: new Map(), suggested: all, unpaired, sure, coded };
    if (sure) return { confirmed: all, suggested: new Map(), unpaired, sure, coded };
    const stated = fold.folded(said);
    for (const key of stated.keys()) all.delete(key);
    return { confirmed: stated, suggested: all, unpaired, sure, coded };
  }

  function put(part, pairs, report) {
    for (const [key, cell] of pairs) {
      if (!part.has(key)) part.set(key, { cell, studies: new Map() });
      const { studies } = part.get(key);
      if (!studies.has(report.study)) studies.set(report.study, []);
      studies.get(report.study).push(report);
    }
  }

  function place(data, rows, columns, filters) {
    const want = wanted(data, filters);
    const fold = folding({ name: rows, ...data.dimensions[rows] },
      { name: columns, ...data.dimensions[columns] });
    const found = {
      confirmed: new Map(), suggested: new Map(), retracted: new Map(),
      needsPairing: 0, uncoded: 0, notAsked: 0, outside: 0, frameUnknown: 0,
    };
    for (const report of data.reports) {
      const left = narrowed(fold.specific(report), want);
      if (left === null) continue;
      const inside = within(report, want);
      if (inside === false) { found.outside += 1; continue; }
      const pairs = pair(left, rows, columns, want, fold);
      if (inside === null) found.frameUnknown += 1;
      if (report.retracted) {
        put(found.retracted, pairs.confirmed, report);
        put(found.retracted, pairs.suggested, report);
        continue;
      }
      put(found.confirmed, pairs.confirmed, report);
      put(found.suggested, pairs.suggested, report);
      if (!pairs.coded && report.not_asked.some((name) => name === rows || name === columns)) {
        found.notAsked += 1;
        continue;
      }
      if (pairs.unpaired) found.needsPairing += pairs.sure ? 1 : 0;
      if (!pairs.coded) found.uncoded += 1;
    }
    for (const [key, part] of found.suggested) {
      const sure = found.confirmed.get(key);
      if (sure) for (const study of sure.studies.keys()) part.studies.delete(study);
    }
    return found;
  }

  function withoutForms(data, found, rows, columns, filters) {
    const forms = new Set(data.dimensions[DESIGN].values.filter((v) => v.form).map((v) => v.id));
    if (filters.forms || ![rows, columns].includes(DESIGN)) return { forms: new Set(), dropped: 0 };
    const axis = rows === DESIGN ? 0 : 1;
    const placed = () => {
      const ids = new Set();
      for (const part of [found.confirmed, found.suggested]) {
        for (const { studies } of part.values()) {
          for (const reports of studies.values()) reports.forEach((one) => ids.add(one.id));
        }
      }
      return ids;
    };
    const before = placed().size;
    for (const part of [found.confirmed, found.suggested, found.retracted]) {
      for (const [key, { cell }] of part) if (forms.has(cell[axis])) part.delete(key);
    }
    return { forms, dropped: before - placed().size };
  }

  function axisOf(dimension, name, axis, found, forms) {
    const seen = new Set();
    for (const part of [found.confirmed, found.suggested, found.retracted]) {
      for (const { cell, studies } of part.values()) if (studies.size) seen.add(cell[axis]);
    }
    const ids = dimension.values.filter((v) => !v.retired || seen.has(v.id)).map((v) => v.id);
    const known = new Set(ids);
    const more = [...seen].filter((id) => !known.has(id));
    const all = [...ids, ...more.sort()];
    return name === DESIGN ? all.filter((id) => !forms.has(id)) : all;
  }

  function possible(one, other) {
    const common = one.filter((kind) => other.includes(kind));
    const primary = (kinds) => kinds.some((kind) => PRIMARY.includes(kind));
    if (!primary(one) || !primary(other)) return common.length > 0;
    return primary(common);
  }

  function searchedBy(data, rows, columns, filters) {
    const asked = Object.entries(wanted(data, filters).values);
    const areas = data.areas.filter((area) => asked.every(([name, values]) => !(name in area)
      || meets(area[name], values)));
    return (row, column) => areas.some((area) => (!(rows in area) || area[rows].includes(row))
      && (!(columns in area) || area[columns].includes(column)));
  }

  const reportsAre = (n) => `${n.toLocaleString("en")} ${n === 1 ? "report is" : "reports are"}`;

  function emptiness(retracted, searched, undecided, uncoded) {
    if (retracted) return ["retracted", "All studies of this cell were retracted."];
    if (!searched) {
      return ["not searched", "No search that covers this cell has run to its end."];
    }
    const ran = "A search that covers this cell ran to its end";
    if (undecided) {
      return ["searched, not all screened", `${ran}; ${reportsAre(undecided)} not decided on yet.`];
    }
    const left = uncoded ? `; ${reportsAre(uncoded)} not coded for it yet` : "";
    return ["searched and none", `${ran}; no study is coded${left}.`];
  }

  const ORDER = ["retracted", "searched, not all screened", "searched and none", "not searched"];

  const standing = (cell) => [
    ...cell.confirmed_reports, ...cell.suggested_reports, ...cell.retracted_reports];

  // The map of two dimensions under some filters, its columns taken together by group if asked;
  // and what the filters hide of each cell.
  function count(data, rows, columns, asked, grouped) {
    const filters = { ...NONE, ...asked };
    const found = countOnce(data, rows, columns, filters, grouped);
    const whole = { ...NONE, beyond_frame: filters.beyond_frame, forms: filters.forms };
    const hiding = JSON.stringify(Object.keys(NONE).map((name) => filters[name]))
      !== JSON.stringify(Object.values(whole));
    if (!hiding) return found;
    const every = countOnce(data, rows, columns, whole, grouped);
    const before = new Map(every.cells.map((cell) => [cell.row + "\n" + cell.column, standing(cell)]));
    const here = new Set(found.cells.flatMap(standing));
    for (const cell of found.cells) {
      const now = new Set(standing(cell));
      const there = before.get(cell.row + "\n" + cell.column) || [];
      cell.hidden_reports = there.filter((id) => !now.has(id)).sort();
    }
    const all = new Set(every.cells.flatMap(standing));
    return { ...found, hidden: [...all].filter((id) => !here.has(id)).sort() };
  }

  function countOnce(data, rows, columns, filters, grouped) {
    const found = place(data, rows, columns, filters);
    const { forms, dropped } = withoutForms(data, found, rows, columns, filters);
    const [down, across] = [data.dimensions[rows], data.dimensions[columns]];
    const rowIds = axisOf(down, rows, 0, found, forms);
    const columnIds = axisOf(across, columns, 1, found, forms);
    const kindsOf = (dimension) => {
      const known = new Map(dimension.values.map((v) => [v.id, v.kinds]));
      return (id) => known.get(id) || data.kinds;
    };
    const [rowKinds, columnKinds] = [kindsOf(down), kindsOf(across)];
    const searched = searchedBy(data, rows, columns, filters);
    const undecided = filters.included_only ? data.reports.filter((r) => !r.included).length : 0;
    const groups = new Map(across.values.filter((v) => v.group).map((v) => [v.id, v.group]));
    const home = (id) => (grouped && groups.has(id) ? CLASS + groups.get(id) : id);
    const shown = [...new Set(columnIds.map(home))];
    const members = new Map(shown.map((id) => [id, columnIds.filter((c) => home(c) === id)]));
    const cells = [];
    for (const row of rowIds) {
      for (const column of shown) {
        const parts = members.get(column);
        const held = (part) => {
          const studies = new Map();
          for (const c of parts) {
            const at = part.get(row + "\n" + c);
            if (!at) continue;
            for (const [study, reports] of at.studies) {
              if (!studies.has(study)) studies.set(study, new Set());
              reports.forEach((one) => studies.get(study).add(one.id));
            }
          }
          return studies;
        };
        const sure = held(found.confirmed);
        const open = held(found.suggested);
        for (const study of sure.keys()) open.delete(study);
        const retracted = held(found.retracted);
        const filled = sure.size > 0 || open.size > 0;
        const could = parts.filter((c) => possible(rowKinds(row), columnKinds(c)));
        const applicable = filled || could.length > 0;
        let [gap, rule] = [null, ""];
        if (!filled && applicable) {
          const said = new Map(could.map((c) => {
            const gone = found.retracted.get(row + "\n" + c);
            return emptiness(gone && gone.studies.size, searched(row, c), undecided, found.uncoded);
          }));
          gap = ORDER.find((one) => said.has(one));
          rule = said.get(gap);
        } else if (!applicable) {
          rule = "The codebook says that there can be no such evidence.";
        }
        const ids = (studies) => [...studies.values()].flatMap((one) => [...one]).sort();
        cells.push({
          row, column, confirmed: sure.size, suggested: open.size, gap, rule, applicable,
          confirmed_reports: ids(sure), suggested_reports: ids(open),
          retracted_reports: ids(retracted), hidden_reports: [],
        });
      }
    }
    const total = (part) => {
      const studies = new Set();
      for (const at of part.values()) for (const study of at.studies.keys()) studies.add(study);
      return studies.size;
    };
    return {
      rows: rowIds, columns: shown, cells, forms: dropped,
      confirmed_total: total(found.confirmed), suggested_total: total(found.suggested),
      needs_pairing: found.needsPairing, uncoded: found.uncoded, outside: found.outside,
      not_asked: found.notAsked,
      frame_unknown: found.frameUnknown, hidden: [],
    };
  }

  return { count, expand, CLASS, NONE };
})();
