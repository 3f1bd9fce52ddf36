// Each value of a picture told in one tooltip, to a pointer and to the arrow keys; one stop of the Tab key a picture or table.
(() => {
  const page = document;
  const all = (what, where = page) => [...where.querySelectorAll(what)];
  const make = (tag, given, ...inside) => {
    const element = Object.assign(page.createElement(tag), given);
    element.append(...inside);
    return element;
  };
  const text = (element) => element?.textContent.trim() || "";

  // --- the tooltip: the row of the mark in the picture's table, and the finding about its figure
  const tip = make("div", { className: "tip", role: "status" });
  page.body.append(tip);
  let active;
  const hide = () => {
    active?.classList.remove("on");
    active = null;
    tip.replaceChildren();
  };
  const show = (mark) => {
    if (mark === active) return;
    hide();
    active = mark;
    mark.classList.add("on");
    const key = mark.dataset.key;
    const row = mark.closest("figure").querySelector(`tr[data-key="${CSS.escape(key)}"]`);
    const heads = row ? row.closest("table").tHead.rows[0].cells : [];
    const lines = row ? [...row.cells].map((cell, n) => [text(heads[n]), text(cell)]).slice(1) : [];
    const verdict = page.getElementById("f-" + key)?.querySelector(".verdict");
    if (verdict) lines.push([text(verdict), verdict.title]);
    const items = lines.filter(([, value]) => value);
    const list = items.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
    tip.append(make("b", {}, row ? text(row.cells[0]) : all("text", mark).map(text).join(" ")), make("dl", {}, ...list));
    place();
  };
  // beside the picture if there is room, so that a pointer that goes on to the next value does not meet it
  const place = () => {
    if (!active) return;
    const here = active.getBoundingClientRect();
    const { left, right } = active.ownerSVGElement.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const beside = right + width <= innerWidth ? right : left >= width ? left - width : -1;
    const under = here.bottom + height <= innerHeight ? here.bottom : here.top - height;
    tip.style.left = (beside < 0 ? Math.max(0, Math.min(here.left, innerWidth - width)) : beside) + "px";
    tip.style.top = Math.max(0, beside < 0 ? under : Math.min(here.top, innerHeight - height)) + "px";
  };
  page.addEventListener("pointerover", ({ target }) => {
    const mark = target.closest?.(".mark");
    if (mark) show(mark);
    else if (!tip.contains(target)) hide();
  });
  addEventListener("scroll", place, { passive: true });
  page.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -1e9, End: 1e9 };
  for (const svg of all("figure > svg, figure svg:has(.mark)")) {
    const marks = all(".mark", svg);
    if (!marks.length) continue;
    let last = 0;
    svg.tabIndex = 0;
    svg.addEventListener("focus", () => svg.matches(":focus-visible") && show(marks[last]));
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const next = Math.max(0, Math.min(marks.length - 1, last + step));
      if (!step || (next === last && active)) return; // beyond the last one the arrows lead on to what is beneath
      event.preventDefault();
      last = next;
      show(marks[last]);
    });
  }

  // --- stops of the Tab key: what is in a table and beneath it, or in a picture but its table, is reached by the arrows
  const STOPS = "a[href], button, summary, svg[tabindex], .scroll[tabindex]";
  const groups = all("main table:not(.grid)").map((table) => {
    const region = table.closest(".scroll") || table;
    if (region.querySelector(STOPS)) region.removeAttribute("tabindex"); // what is in it brings it into view
    const under = region.nextElementSibling;
    return under?.matches(".get") ? [region, under] : [region];
  });
  for (const figure of all("figure")) groups.push([figure]);
  const groupOf = (element) => groups.find((group) => group.some((root) => root.contains(element)));
  const stopsOf = (group) => {
    const stops = group.flatMap((root) => [...(root.matches(STOPS) ? [root] : []), ...all(STOPS, root)]);
    const own = stops.filter((stop) => groupOf(stop) === group);
    return own.sort((a, b) => (b.localName === "svg") - (a.localName === "svg")); // the picture, then what is about it
  };
  const list = (group) => stopsOf(group).filter((stop) => stop.checkVisibility());
  for (const group of groups) {
    const stops = stopsOf(group);
    for (const stop of stops) stop.tabIndex = -1;
    const [first] = [...list(group), ...stops]; // a table that is folded has its stop, too
    if (first) first.tabIndex = 0;
  }
  page.addEventListener("focusin", ({ target }) => {
    const group = groupOf(target);
    const stops = group ? list(group) : [];
    if (stops.includes(target)) for (const stop of stops) stop.tabIndex = stop === target ? 0 : -1;
  });
  page.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const here = event.target;
    const group = !event.defaultPrevented && Math.abs(step) === 1 && groupOf(here);
    const stops = group ? list(group) : [];
    const across = event.key.endsWith("t"); // left or right, which scrolls a wide table
    if (!stops.includes(here) || (across && here.matches(".scroll"))) return;
    const row = across ? null : here.closest("tr");
    let next = stops[stops.indexOf(here) + step];
    if (row) {
      const rest = step > 0 ? stops.slice(stops.indexOf(here)) : stops.slice(0, stops.indexOf(here)).reverse();
      next = rest.find((stop) => stop.closest("tr") !== row);
      const beside = next ? stops.filter((stop) => stop.closest("tr") === next.closest("tr")) : [];
      const column = here.closest("th, td").cellIndex;
      next = beside.find((stop) => stop.closest("th, td")?.cellIndex === column) || next;
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
