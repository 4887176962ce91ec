// What the theme leaves undone for keyboards, screen readers and phones.
document.addEventListener("DOMContentLoaded", () => {
  // pandas writes the name of an index into a row of its own; it heads its column as well
  document.querySelectorAll("table.dataframe thead").forEach((head) => {
    const [columns, index, ...more] = head.rows;
    const names = index ? [...index.cells].filter((cell) => cell.textContent.trim()) : [];
    if (more.length || !names.length) return;
    const corners = [...columns.cells].slice(0, names.length);
    if (corners.some((cell) => cell.textContent.trim() || cell.colSpan > 1)) return;
    if (names.some((cell) => cell.cellIndex >= names.length)) return;
    names.forEach((cell, place) => corners[place].replaceWith(cell));
    index.remove();
  });
  // an empty corner of a table is no heading
  document.querySelectorAll("main th").forEach((head) => {
    if (head.textContent.trim()) return;
    const cell = document.createElement("td");
    cell.className = "head";
    cell.colSpan = head.colSpan;
    cell.rowSpan = head.rowSpan;
    head.replaceWith(cell);
  });
  // docutils gives references a role that was withdrawn from the standard
  document.querySelectorAll("[role=doc-biblioentry]").forEach((entry) => {
    entry.setAttribute("role", "listitem");
  });
  // a picture opens by itself, where it can be enlarged
  document.querySelectorAll("article figure img, article .cell_output img").forEach((image) => {
    const link = document.createElement("a");
    link.className = "whole";
    link.href = image.src;
    image.replaceWith(link);
    link.append(image);
  });
  // wide tables of pandas scroll in a frame of their own, as the theme's do
  document.querySelectorAll("table.dataframe").forEach((table) => {
    const frame = document.createElement("div");
    frame.className = "pst-scrollable-table-container";
    table.replaceWith(frame);
    frame.append(table);
  });
  // what is wider than its frame can be scrolled by the keyboard, also after it was unfolded
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  document
    .querySelectorAll("main pre, .pst-scrollable-table-container")
    .forEach((frame) => watch.observe(frame));
});

// For the printed book: a front page with title, banner, and where the numbers come from.
function frontPage() {
  // citations have ids of their own on every page; only those of the list are wanted
  document.querySelectorAll(".bibtex-citation").forEach((cited) => cited.removeAttribute("id"));
  const front = document.createElement("header");
  front.className = "front";
  front.append(Object.assign(document.createElement("p"), { textContent: document.title }));
  front.append(
    ...document.querySelectorAll(".bd-header-announcement__content, dl.provenance"),
  );
  document.querySelector("#jb-print-docs-body, article").before(front);
}
