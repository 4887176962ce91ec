// Code that is wider than its frame can be reached by the keyboard. The theme decides that once, when
// the page opens, and takes what is still folded for narrow; here it is decided whenever it unfolds.
document.addEventListener("DOMContentLoaded", () => {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  document.querySelectorAll("main pre").forEach((pre) => watch.observe(pre));
});
