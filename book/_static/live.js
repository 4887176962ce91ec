/* Figures to zoom in. Each comes as a still picture with a figure of plotly as JSON beside it; the
   moving one takes the still one's place on the screen, in the page's colours, and only when the
   reader gets near it. In print, and without scripts, the still one is all there is. */
(() => {
  "use strict";
  const LIBRARY = new URL("plotly/plotly-basic.min.js", document.currentScript.src).href;
  const INK = /"#333333"/g; // the colour of what is observed follows that of the text
  const BLUE = /"#0072B2"/g;
  let loading = null;

  const library = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = LIBRARY;
      script.onload = () => resolve(window.Plotly);
      script.onerror = reject;
      document.head.append(script);
    }));

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function dressed(text) {
    const ink = css("--pst-color-text-base");
    const dark = document.documentElement.dataset.theme === "dark";
    const seen = dark ? text.replace(BLUE, '"#4FA8E8"') : text; // the blue sinks into black
    const figure = JSON.parse(seen.replace(INK, JSON.stringify(ink)));
    const axis = { gridcolor: css("--pst-color-border"), linecolor: ink, zeroline: false };
    Object.assign(figure.layout.xaxis, axis);
    Object.assign(figure.layout.yaxis, axis);
    Object.assign(figure.layout, {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { ...figure.layout.font, color: ink, family: getComputedStyle(document.body).fontFamily },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: ink, activecolor: css("--pst-color-link") },
      hoverlabel: { bgcolor: css("--pst-color-surface"), font: { color: ink } },
      // a finger scrolls the page; the buttons zoom
      dragmode: matchMedia("(pointer: coarse)").matches ? false : figure.layout.dragmode,
    });
    return figure;
  }

  function choose(figure, chosen) {
    for (const trace of figure.data) {
      trace.visible = !trace.meta || trace.meta === chosen;
    }
    return figure;
  }

  async function enliven(box) {
    const plot = box.querySelector(".live-plot");
    const select = box.querySelector("select");
    const text = box.querySelector("script").textContent;
    const plotly = await library();
    const draw = () => {
      const figure = choose(dressed(text), select?.value);
      return plotly.react(plot, figure.data, figure.layout, {
        responsive: true,
        displaylogo: false,
        displayModeBar: true,
        modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d"]],
      });
    };
    box.classList.add("live");
    await draw();
    select?.addEventListener("change", draw);
    new MutationObserver(draw).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((each) => each.isIntersecting)) {
          near.unobserve(entry.target);
          enliven(entry.target);
        }
      },
      { rootMargin: "600px" },
    );
    document.querySelectorAll(".live-figure").forEach((box) => near.observe(box));
  });
})();
