// Pictures and tables for another document: as files, and as rich text that a word processor takes.
(() => {
  const page = document;
  const words = JSON.parse(page.body.dataset.words);
  const SVG = "http://www.w3.org/2000/svg";
  const all = (what, where = page) => [...where.querySelectorAll(what)];
  const build = (element, given, ...inside) => {
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  const make = (tag, given, ...inside) => build(page.createElement(tag), given, ...inside);
  const draw = (tag, given, ...inside) => build(page.createElementNS(SVG, tag), given, ...inside);
  const text = (element) => element?.textContent.trim() || "";

  // --- a picture with its title, note and source, as SVG and as PNG of twice the size
  const font = getComputedStyle(page.body).fontFamily;
  const pen = make("canvas", {}).getContext("2d");
  const wrap = (content, style, width) => {
    pen.font = style;
    const lines = [""];
    for (const piece of content.match(/[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+\s*|\s+/g) || []) {
      if (lines.at(-1) && pen.measureText((lines.at(-1) + piece).trimEnd()).width > width) lines.push("");
      lines.push(lines.pop() + piece);
    }
    return lines;
  };
  const source = (owner) => words.source.replace("#", () => owner.dataset.source || page.title);
  const compose = (figure) => {
    const svg = figure.querySelector("svg");
    const { width, height } = svg.viewBox.baseVal;
    const rules = [...page.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((r) => r instanceof CSSFontFaceRule);
    const whole = draw("svg", { xmlns: SVG }, draw("style", {}, rules.map((rule) => rule.cssText).join("")));
    const paper = draw("rect", { width: "100%", height: "100%", fill: "#fff" });
    whole.append(paper);
    let y = 8;
    const write = (content, size, weight, fill) => {
      for (const line of content ? wrap(content, `${weight} ${size}px ${font}`, width) : []) {
        y += size * 1.45;
        const style = { x: 16, y, fill, "font-size": size, "font-weight": weight, "font-family": font };
        whole.append(draw("text", style, line.trimEnd()));
      }
    };
    write(text(figure.querySelector(".kicker")), 11.5, 400, "#555");
    write(text(figure.querySelector("figcaption strong")), 15, 700, "#1a1a1a");
    const copy = build(svg.cloneNode(true), { x: 16, y: (y += 10), width, height });
    for (const hit of all(".hit", copy)) hit.remove();
    whole.append(copy);
    y += height + 2;
    write(text(figure.querySelector(":scope > .note")), 11.5, 400, "#555");
    write(source(figure), 11.5, 400, "#555");
    const size = { width: width + 32, height: Math.ceil(y + 14) };
    build(whole, { ...size, viewBox: `0 0 ${size.width} ${size.height}` });
    return { ...size, code: new XMLSerializer().serializeToString(whole) };
  };
  const address = ({ code }) => "data:image/svg+xml;charset=utf-8," + encodeURIComponent(code);
  const paint = async (figure) => {
    const drawing = compose(figure);
    const image = make("img", { src: address(drawing) });
    await image.decode();
    const canvas = make("canvas", { width: 2 * drawing.width, height: 2 * drawing.height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  const stem = location.pathname.split("/").pop().replace(/\.html$/, "");
  const save = (figure, ending, href) => make("a", { href, download: `${stem}_${figure.id}.${ending}` }).click();

  // --- the clipboard; where it takes no pictures or no rich text, what old browsers can do
  let fading;
  const say = (told) => {
    const line = page.querySelector(".said");
    line.textContent = told;
    clearTimeout(fading);
    fading = setTimeout(() => (line.textContent = ""), 4000);
  };
  const put = async (contents) => {
    const items = Object.entries(contents).map(([type, content]) => [
      type, Promise.resolve(content).then((given) => (given instanceof Blob ? given : new Blob([given], { type }))),
    ]);
    let done = true;
    try {
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(items))]);
    } catch {
      const given = await Promise.all(items.map(async ([type, blob]) => [type, await blob]));
      const texts = await Promise.all(given.filter(([type]) => type < "u" && type > "t").map(async ([t, b]) => [t, await b.text()]));
      const fill = (event) => {
        for (const [type, content] of texts) event.clipboardData.setData(type, content);
        event.preventDefault();
      };
      page.addEventListener("copy", fill, { once: true });
      done = texts.length > 0 && page.execCommand("copy");
      page.removeEventListener("copy", fill);
    }
    say(done ? words.taken : words.not_taken);
  };
  const lined = (...parts) => parts.filter(Boolean).map((part) => make("p", {}, part));
  const html = (parts) => make("div", {}, ...parts).innerHTML;
  const lead = (figure) => text(figure.querySelector("figcaption strong"));
  const rich = async (figure) => {
    const canvas = await paint(figure);
    const size = { width: canvas.width / 2, height: canvas.height / 2, alt: lead(figure) };
    return html(lined(make("b", {}, lead(figure)), make("img", { src: canvas.toDataURL(), ...size }), source(figure)));
  };
  const blob = (canvas) => new Promise((done) => canvas.toBlob(done));
  const doings = [
    [words.copy_picture, (figure) => put({ "image/png": paint(figure).then(blob) })],
    [words.copy_word, (figure) => put({ "text/html": rich(figure), "text/plain": `${lead(figure)}\n${source(figure)}` })],
    [words.save_png, async (figure) => save(figure, "png", (await paint(figure)).toDataURL())],
    [words.save_svg, (figure) => save(figure, "svg", address(compose(figure)))],
  ];
  const button = (name, act) => {
    const made = make("button", { type: "button" }, name);
    made.addEventListener("click", act);
    return made;
  };
  for (const figure of all("figure:has(> svg)")) {
    const buttons = doings.map(([name, act]) => button(name, () => act(figure)));
    figure.insertBefore(make("p", { class: "share" }, ...buttons), figure.querySelector("details"));
  }

  // --- tables as rich text: names and numbers, without what is drawn
  const cells = (row) => [...row.cells].map((cell) => [cell, cell.innerText.trim().replace(/\s+/g, " ")]);
  const plain = (table) => {
    const rows = [...table.rows].map((row) => make("tr", {}, ...cells(row).map(([cell, content]) => {
      const spans = ["colspan", "rowspan"].filter((name) => cell.hasAttribute(name));
      return make(cell.localName, Object.fromEntries(spans.map((name) => [name, cell.getAttribute(name)])), content);
    })));
    return make("table", { border: 1, cellspacing: 0, cellpadding: 4, style: "border-collapse:collapse" }, ...rows);
  };
  for (const region of all("main .scroll")) {
    const table = region.querySelector("table:not(.grid)");
    if (!table) continue;
    const made = button(words.copy_table, () => {
      const title = text(table.caption);
      const below = source(region.closest("figure") || region);
      const lines = [...table.rows].map((row) => cells(row).map(([, content]) => content).join("\t"));
      const rich = html([...lined(title && make("b", {}, title)), plain(table), ...lined(below)]);
      put({ "text/html": rich, "text/plain": [title, ...lines, below].join("\n") });
    });
    const under = region.nextElementSibling;
    if (under?.matches(".get")) under.prepend(made);
    else region.after(make("p", { class: "get" }, made));
  }
})();
