// The guideline beside the text: Markdown made into elements, every word of it as text.

import { h } from "./dom.js";

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s](?:.*?[^*\s])?)\*|\b_([^_]+)_\b|\[([^\]]*)\]\([^)]*\)/;

// Bold, italics, code and the words of links; what leads elsewhere is not followed.
export function inline(text) {
  const found = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index) found.push(rest.slice(0, match.index));
    const [, , code, bold, bold2, italic, italic2, link] = match;
    if (code !== undefined) found.push(h("code", {}, code));
    else if (bold ?? bold2) found.push(h("strong", {}, inline(bold ?? bold2)));
    else if (italic ?? italic2) found.push(h("em", {}, inline(italic ?? italic2)));
    else found.push(h("span", { class: "link" }, link ?? ""));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) found.push(rest);
  return found;
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());

export function markdown(source) {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  let at = 0;
  const gather = (test) => {
    const start = at;
    while (at < lines.length && test(lines[at])) at += 1;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    const fence = /^\s*(```|~~~)/.exec(line);
    if (!line.trim()) at += 1;
    else if (heading) {
      blocks.push(h(`h${Math.min(6, heading[1].length + 1)}`, {}, inline(heading[2])));
      at += 1;
    } else if (fence) {
      at += 1;
      const code = gather((entry) => !entry.trim().startsWith(fence[1]));
      at += 1;
      blocks.push(h("pre", {}, h("code", {}, code.join("\n"))));
    } else if (/^\s*\|/.test(line) && /^[\s|:-]+$/.test(lines[at + 1] ?? "")) {
      const [head, , ...body] = gather((entry) => /^\s*\|/.test(entry));
      blocks.push(h("div", { class: "wide" }, h("table", {}, h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", {}, inline(cell))))),
        h("tbody", {}, body.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, inline(cell)))))))));
    } else if (/^\s*>/.test(line)) {
      blocks.push(h("blockquote", {}, markdown(gather((entry) => /^\s*>/.test(entry)).map((entry) => entry.replace(/^\s*> ?/, "")).join("\n"))));
    } else if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) {
      const ordered = /^\s*\d/.test(line);
      const items = [];
      for (const entry of gather((row) => /^\s*([-*+]|\d+[.)])\s+/.test(row) || /^\s{2,}\S/.test(row))) {
        const start = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(entry);
        if (start) items.push(start[1]);
        else items[items.length - 1] += ` ${entry.trim()}`;
      }
      blocks.push(h(ordered ? "ol" : "ul", {}, items.map((item) => h("li", {}, inline(item)))));
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push(h("hr"));
      at += 1;
    } else {
      const start = at;
      at += 1;
      while (at < lines.length && lines[at].trim() && !/^(#{1,6}\s|\s*(```|~~~|>|\||[-*+]\s|\d+[.)]\s))/.test(lines[at])) at += 1;
      blocks.push(h("p", {}, inline(lines.slice(start, at).join(" "))));
    }
  }
  return blocks;
}

export function guidelinePane(guideline) {
  if (!guideline) return [h("p", { class: "soft" }, "No guideline was found. Put one beside the corpus as guideline.md, or name it with --guideline FILE.")];
  const content = h("div", { class: "prose" }, markdown(guideline.text));
  const headings = [...content.querySelectorAll("h2, h3, h4")];
  const jump = h("select", { "aria-label": "Jump to a section" }, h("option", { value: "" }, guideline.name),
    headings.map((node, index) => h("option", { value: String(index) }, node.textContent)));
  jump.addEventListener("change", () => headings[jump.value]?.scrollIntoView({ block: "start" }));
  return [h("div", { class: "jump" }, jump), content];
}
