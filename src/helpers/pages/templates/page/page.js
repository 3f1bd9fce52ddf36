// What a page can do beyond being read: nothing here is needed to read it, and nothing is asked of any server.
"use strict";
(() => {
  const page = document;
  const words = JSON.parse(page.body.dataset.words);
  const all = (what, where = page) => [...where.querySelectorAll(what)];
  const make = (tag, given, ...inside) => {
    const element = page.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  page.documentElement.classList.add("js");

  // --- the current chapter in sight, where the bar of chapters is wider than a phone
  for (const current of all(".chapters [aria-current]")) {
    const list = current.closest("ul");
    list.scrollLeft = current.offsetLeft - list.offsetLeft - 20;
  }

  // --- a line that is said and shown for a while
  const line = make("p", { role: "status", class: "said" });
  page.body.append(line);
  let fading;
  const say = (text) => {
    line.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => (line.textContent = ""), 4000);
  };

  // --- links to a section, a picture, a finding, a table or a row of it
  const copied = (text) => {
    const box = make("textarea", { class: "hidden", "aria-hidden": "true" }, text);
    page.body.append(box);
    box.select();
    const done = page.execCommand("copy");
    box.remove();
    return done;
  };
  const copy = async (link) => {
    const address = link.href;
    let done = true;
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      done = copied(address);
      link.focus();
    }
    say(done ? words.copied : words.in_address);
  };
  const link = (owner, place) => {
    const href = "#" + encodeURIComponent(owner.id);
    place.append(make("a", { class: "link", href, title: words.copy, "aria-label": words.copy }));
  };
  for (const heading of all("main h2[id], main h3[id]")) link(heading, heading);
  for (const figure of all("figure[id]")) link(figure, figure.querySelector("figcaption") || figure);
  for (const card of all(".card[id]")) link(card, card.querySelector("h3") || card);
  for (const table of all("table[id]")) {
    if (table.caption && !table.caption.matches(".hidden")) link(table, table.caption);
  }
  for (const row of all("main tr[id]")) link(row, row.cells[0]);
  page.addEventListener("click", (event) => {
    const link = event.target.closest(".link");
    if (link) copy(link);
  });

  // --- the whole page as reported, as corrected, or with both, which is how it comes
  for (const row of all("main tr.read")) {
    row.dataset.reading = "corrected";
    if (row.previousElementSibling) row.previousElementSibling.dataset.reading = "printed";
  }
  if (page.querySelector('main [data-reading="corrected"]')) {
    const group = make("div", { class: "switch readings", role: "group", "aria-label": words.readings });
    group.append(make("span", { class: "label", "aria-hidden": "true" }, words.readings));
    const names = { both: words.reading_both, printed: words.reading_printed, corrected: words.reading_corrected };
    for (const [shown, name] of Object.entries(names)) {
      const button = make("button", { type: "button", "aria-pressed": shown === "both" }, name);
      group.append(" ", button);
      button.addEventListener("click", () => {
        page.documentElement.dataset.shown = shown;
        for (const other of all("button", group)) other.ariaPressed = other === button;
      });
    }
    page.querySelector(".bar .plan").after(group);
  }

  // --- other years, the other language, other chapters: the same place there; `a~b` is a, or b where there is no a
  const at = (hash) => {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return "";
    }
  };
  const here = () => {
    const sections = all("main h2[id]");
    const before = (place) => sections.filter((h) => h === place || h.compareDocumentPosition(place) & 4).pop();
    const { top, bottom } = page.getElementById(at(location.hash))?.getBoundingClientRect() || {};
    const gone = scrollY < innerHeight / 2; // up to the switches, which on a phone do not stay in sight
    const place = bottom > 0 && (top < innerHeight || gone) && page.getElementById(at(location.hash));
    const section = scrollY && sections.filter((h) => h.getBoundingClientRect().top < innerHeight / 2).pop();
    const found = place ? [place, before(place)] : [section];
    return [...new Set(found.filter(Boolean).map((element) => element.id))].join("~");
  };
  for (const kind of ["pointerdown", "focusin", "click"]) {
    page.addEventListener(kind, (event) => {
      const link = event.target.closest(".switch a, .chapters a");
      if (link) link.hash = here();
    }, true);
  }
  const arrive = () => {
    const wanted = at(location.hash);
    const place = page.getElementById(wanted);
    if (place) all("details").forEach((details) => details.contains(place) && (details.open = true));
    else if (wanted.includes("~")) location.replace("#" + (wanted.split("~").find((id) => page.getElementById(id)) || ""));
  };
  addEventListener("hashchange", arrive);
  arrive();

  // --- tables sorted by a column, each group within itself; a row that belongs to another stays under it
  const collator = new Intl.Collator(page.documentElement.lang, { numeric: true });
  const NUMBER = /^[-−－+]?[\d,]*\.?\d+%?$/;
  const value = (cell) => {
    const marked = cell?.querySelector("[data-order]");
    const text = marked ? marked.dataset.order : cell?.textContent.trim() || "";
    if (NUMBER.test(text)) return Number(text.replace(/[,+%]/g, "").replace(/[−－]/, "-"));
    return /^[—／–-]?$/.test(text) ? null : text;
  };
  const compare = (a, b) => {
    if (a === null || b === null) return 0;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return typeof a === typeof b ? collator.compare(a, b) : typeof a === "number" ? -1 : 1;
  };
  const blocks = (body) => {
    const found = [];
    for (const row of body.rows) {
      if (row.matches(".group, .total")) continue;
      if (found.length && row.matches(".child, .sub, .read")) found.at(-1).push(row);
      else found.push([row]);
    }
    return found;
  };
  for (const table of all("main table:not(.grid)")) {
    const heads = table.tHead?.rows.length === 1 ? [...table.tHead.rows[0].cells] : [];
    const bodies = [...table.tBodies].map((body) => [body, blocks(body)]);
    const plain = !all("tr:not(.group) > [rowspan], tr:not(.group) > [colspan]", table).length;
    if (!plain || !bodies.some(([, found]) => found.length > 2)) continue;
    table.tHead.rows[0].dataset.sort = words.sort_by || "";
    heads.forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const label = [...head.childNodes].filter((node) => !node.matches?.(".scale"));  // which is drawn beneath it
      const button = make("button", { type: "button", class: "sort", title: words.sort }, ...label);
      head.prepend(button);
      button.addEventListener("click", () => {
        const to = { ascending: "descending", descending: "" }[head.ariaSort] ?? "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        if (to) head.setAttribute("aria-sort", to);
        const sign = to === "descending" ? -1 : 1;
        for (const [body, found] of bodies) {
          const keyed = found.map((rows) => ({ rows, key: to ? value(rows[0].cells[column]) : 0 }));
          keyed.sort((a, b) => (a.key === null) - (b.key === null) || sign * compare(a.key, b.key));
          const last = all("tr.total", body);
          body.append(...keyed.flatMap(({ rows }) => rows), ...last);
        }
      });
    });
  }

  // --- the index: search over all pages, and the rows of the grid in which something was found
  const box = page.getElementById("search");
  if (!box) return;
  const { pages, sections, entries, subjects = [] } = JSON.parse(page.getElementById("entries").textContent);
  // one form for what is written in several: case, width, thousands, the hyphen inside a word
  const folded = (text) =>
    text.normalize("NFKC").toLowerCase().replace(/(\d),(?=\d{3})/g, "$1").replace(/−/g, "-")
      .replace(/(\p{L})[-‐‑](?=\p{L})/gu, "$1").trim();
  // numbers by their size: 16718.8亿, 1671.88 billion and 1.67万亿 are one, the last one rounded
  const SCALES = { 千: 1e3, 万: 1e4, 亿: 1e8, 万亿: 1e12, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12, bn: 1e9, tn: 1e12 };
  const AMOUNT = new RegExp(`(\\d+(?:\\.\\d+)?)(?:\\s*(万亿|[千万亿]|(?:${Object.keys(SCALES).slice(4).join("|")})\\b))?(?:\\s*(?:元|yuan|rmb|cny))?`, "g");
  const amounts = (text) =>
    [...text.matchAll(AMOUNT)].map(([whole, digits, word]) => {
      const scale = SCALES[word] || 1;
      const place = 10 ** -(digits.split(".")[1] || "").length;
      return { whole, digits, word, size: digits * scale, half: (place * scale) / 2 };
    });
  const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  // a number without its scale is known by its digits, if these are many
  const isAmount = (asked, size) =>
    asked.word
      ? Math.abs(size - asked.size) <= asked.half * (1 + 1e-9) || near(size, asked.size)
      : asked.digits.replace(".", "").length > 4 && [1, 1e3, 1e4, 1e6, 1e8, 1e9, 1e12].some((scale) => near(size, asked.size * scale) || near(size * scale, asked.size));
  // of what is equally well named, things come first, then findings and corrections of them, then pictures, then places in a document
  const KINDS = { a: 1, e: 1, pic: 2, l: 3 };
  const glossary = new Map(entries.map(([, , anchor, , , also]) => [anchor, also]));
  const known = [...subjects.map((subject) => [...subject, true]), ...entries].map(([name, more, anchor, section, on, also = "", own_page = "", whole]) => {
    const said = whole ? more : [more];
    const own = folded([name, ...said].join(" "));
    const head = folded(name);
    const names = also.split("|");
    const others = folded(names.map((word) => glossary.get(word) || word).join("|")).split("|");
    const hay = folded([own, names.filter((word) => !glossary.has(word)).join(" "), sections[section], ...on.flatMap((n) => pages[n].slice(1))].join(" "));
    const sizes = amounts(own).map(({ size }) => size);
    const kind = whole ? 0 : KINDS[anchor.split("-")[0]] || 0;
    return { name, said, anchor, section, on, kind, to: own_page, head, others, own, hay, sizes, tight: hay.replace(/\s/g, "") };
  });
  const list = page.getElementById("found");
  const count = page.getElementById("count");
  const MOST = 30;

  const rank = (entry, terms, numbers, asked) => {
    if (entry.others.includes(asked)) return glossary.get(entry.anchor) ? 0 : 0.5;
    let worst = 0;
    for (const asked of numbers) {
      const written = new RegExp(`(^|[^\\d.])${asked.digits.replace(/\./g, "\\.")}($|[^\\d.])`);
      if (entry.sizes.some((size) => isAmount(asked, size))) worst = Math.max(worst, 1);
      else if (!asked.word && written.test(entry.own)) worst = Math.max(worst, 1);
      else if (!asked.word && entry.hay.includes(asked.digits)) worst = Math.max(worst, 3);
      else return -1;
    }
    for (const term of terms) {
      const called = entry.others.includes(term);
      const named = called || entry.head.includes(term);
      if (!named && !entry.hay.includes(term) && !entry.tight.includes(term)) return -1;
      worst = Math.max(worst, entry.head === term ? 0 : named ? 1 + !(called || entry.head.startsWith(term)) : 3);
    }
    return worst;
  };
  const within = (name, term) => [...term].reduce((from, sign) => (from < 0 ? from : name.indexOf(sign, from) + 1 || -1), 0) >= 0;
  const taken = (asked) => {
    const text = folded(asked);
    // a word with digits in it, such as 5g or 4a, is no number; neither is a place such as 2.3.3
    const numbers = amounts(text).filter(({ whole }) => new RegExp(`(^|[^\\p{L}\\d.])${whole.replace(/[.]/g, "\\.")}($|[^a-z\\d.])`, "u").test(text));
    const rest = numbers.reduce((left, { whole }) => left.replace(whole, " "), text);
    const terms = rest.split(/\s+/).filter(Boolean).map((term) => term.replace(/(?<=[\u3400-\u9fff]{2})[省市]$/, "")); // a place without its kind
    return { terms, numbers };
  };
  const search = (asked) => {
    const { terms, numbers } = taken(asked);
    if (!terms.length && !numbers.length) return null;
    const whole = folded(asked);
    const isStatus = known.some((entry) => glossary.get(entry.anchor) && entry.others.includes(whole));
    // of a status word, its meaning, the indicators that have it, and what has it in its name; not every line with that word
    const word = isStatus && new RegExp(/[a-z]/.test(whole) ? `(^|\\P{L})${whole}(?!\\p{L})` : whole, "u");
    const found = known.map((entry) => [rank(entry, terms, numbers, whole), entry])
      .filter(([rank, { head }]) => rank >= 0 && (!word || rank < 1 || word.test(head)));
    const named = (rank) => (rank < 1 || rank > 2 ? rank : 1); // whether a name begins with a word matters among things alone
    const order = ([a, entry], [b, other]) => named(a) - named(b) || entry.kind - other.kind || (entry.kind ? 0 : a - b);
    if (found.length) return found.sort(order).map(([, entry]) => ({ ...entry, more: told(entry, terms, numbers) }));
    return known.filter((entry) => !numbers.length && terms.every((term) => /[\u3400-\u9fff]{2}/.test(term) && within(entry.head, term)))
      .map((entry) => ({ ...entry, more: told(entry, [], []) }));
  };
  // what an entry says of what was asked for, the line first in which a number stands foremost; else the first that it says
  const told = ({ said, head }, terms, numbers) => {
    const foremost = (line) => {
      const held = amounts(folded(line));
      const places = numbers.map((asked) => held.findIndex(({ digits, size }) => isAmount(asked, size) || digits === asked.digits));
      return Math.min(...places) < 0 ? Infinity : Math.max(...places);
    };
    const lines = numbers.length ? said.map((line) => [foremost(line), line]).sort((a, b) => a[0] - b[0]) : [];
    if (lines.length && lines[0][0] < Infinity) return lines[0][1];
    const more = terms.filter((term) => !head.includes(term));
    return said.find((line) => more.length && more.every((term) => folded(line).includes(term))) || said[0] || "";
  };
  const shown = ({ name, more, anchor, section, on, to }) => {
    const hash = anchor && "#" + encodeURIComponent(anchor);
    const link = (n, text) => make("a", { href: pages[n][0] + hash }, text);
    const first = to ? make("a", { href: to }, name) : link(on[0], name);
    const others = on.length > 1 ? on.flatMap((n) => [" ", link(n, pages[n][2] || pages[n][1])]) : [" " + pages[on[0]][2]];
    const where = [pages[on[0]][1], sections[section]].filter(Boolean).join(" · ");
    const item = make("li", {}, first);
    if (more) item.append(" ", make("span", { class: "more" }, more));
    item.append(make("span", { class: "where" }, where, ...(to ? [] : others)));
    return item;
  };
  const narrowed = (found) => {
    const on = found && new Set(found.flatMap((entry) => entry.on.map((n) => pages[n][0])));
    const asked = folded(box.value);
    for (const row of all("table.grid tbody tr")) {
      const hit = all("a", row).some((link) => on?.has(link.getAttribute("href")));
      row.hidden = Boolean(found) && !hit && !folded(row.textContent).includes(asked);
    }
    for (const table of all("table.grid")) table.classList.toggle("empty", all("tbody tr", table).every((row) => row.hidden));
  };
  let telling;
  const look = () => {
    const found = search(box.value);
    list.replaceChildren(...(found || []).slice(0, MOST).map(shown));
    narrowed(found);
    const n = found?.length;
    const told = !found ? "" : !n ? words.found_none : (n === 1 ? words.found_one : words.found).replace("#", n);
    const more = n > MOST ? words.found_more.replace("#", MOST) : "";
    clearTimeout(telling);
    telling = setTimeout(() => (count.textContent = told + more), 200);
  };
  box.addEventListener("input", look);
  addEventListener("pageshow", () => box.value && look());
  page.getElementById("find").addEventListener("keydown", (event) => {
    const links = all("li > a", list);
    const place = links.indexOf(event.target.closest("li")?.firstChild);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1 }[event.key];
    if (event.key === "Escape") {
      box.value = "";
      look();
      box.focus();
    } else if (event.key === "Enter" && event.target === box) {
      links[0]?.click();
    } else if (next !== undefined && (event.target !== box || event.key === "ArrowDown")) {
      event.preventDefault();
      (links[next] || (next < 0 ? box : links[place])).focus();
    }
  });
  page.getElementById("find").hidden = false;
})();
