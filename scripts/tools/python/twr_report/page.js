/*
 * SPDX-License-Identifier: GPL-2.0
 *
 * page.js: draws the charts, with Chart.js, from the numbers that are in the page as JSON
 */

"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let charts = [];

  // A colour of the page, or of paper.
  function palette(paper) {
    const style = getComputedStyle(paper ? document.querySelector(".paper")
                                         : document.documentElement);
    return name => style.getPropertyValue("--" + name).trim();
  }

  const timeTitle = data.clock.marks.length ? "time of day" : "seconds since the first event";
  const grouped = value => Math.round(value).toLocaleString("en").replace(/,/g, "\u202f");

  const marks = data.clock.marks;

  // Local time of the recording's machine, in seconds since 1970.
  function local(seconds) {
    const mark = marks.reduce((last, next) => next[0] <= seconds ? next : last, marks[0]);
    return mark[1] + mark[2] + seconds;
  }

  // The axes count from midnight, so that their numbers are round times of day.
  const origin = marks.length ? local(0) % 86400 : 0;

  // The distance of the numbers on a time axis, if they are times of day.
  function step() {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600];
    return marks.length && data.seconds > 5
      ? steps.find(size => data.seconds / size <= 8) || 86400 * Math.ceil(data.seconds / 691200)
      : undefined;
  }

  // A time of day, or seconds since the first event, in the shortest form for the length of
  // the recording. If rounded is set, a time of day has no fraction of a second.
  function clock(seconds, rounded) {
    if (marks.length) {
      const text = new Date(Math.round(local(seconds) * 1000)).toISOString();
      return data.seconds > 86400 ? text.slice(5, 16).replace("T", " ")
        : text.slice(11, data.seconds < 120 && !rounded && !text.endsWith("000Z") ? 23 : 19);
    }
    if (data.seconds < 120)
      return +seconds.toFixed(3) + " s";
    const whole = Math.round(seconds), two = n => String(n).padStart(2, "0");
    return Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) + ":" +
      two(whole % 60);
  }

  // Milliseconds and ticks alternate; SYNs without a TSval are drawn in a strip of
  // their own.
  function points(flat, timed) {
    const found = [];
    for (let i = 0; i < flat.length; i += 2)
      if ((flat[i + 1] !== null) === timed)
        found.push({ x: flat[i] / 1000 + origin, y: timed ? flat[i + 1] : 0 });
    return found;
  }

  function axis(colour, title, more) {
    return Object.assign({
      title: { display: true, text: title, color: colour("soft") },
      grid: { color: colour("rule"), borderColor: colour("rule") },
    }, more);
  }

  function ticks(colour, callback) {
    return Object.assign({ color: colour("soft"), maxRotation: 0, autoSkipPadding: 16,
                           includeBounds: false }, callback ? { callback } : {});
  }

  function legend(colour) {
    return { position: "top", align: "start",
             labels: { usePointStyle: true, color: colour("ink"), boxHeight: 7,
                       filter: item => item.text !== "" } };
  }

  function clocks(canvas, chart, colour) {
    const size = Math.max(3, Math.min(canvas.parentNode.clientWidth / 150, 5));
    const dots = { pointStyle: "circle", radius: size * .7, borderWidth: 0,
                   backgroundColor: colour("accepted"), borderColor: colour("accepted") };
    const crosses = { pointStyle: "crossRot", radius: size, borderWidth: 2,
                      backgroundColor: colour("older"), borderColor: colour("older") };
    const wedges = { pointStyle: "triangle", radius: size, borderWidth: 1,
                     backgroundColor: colour("untimed"), borderColor: colour("untimed") };
    const datasets = [
      Object.assign({ label: "rejected, older", yAxisID: "y",
                      data: points(chart.rejected, true) }, crosses),
      Object.assign({ label: "rejected, no timestamp", yAxisID: "none",
                      data: points(chart.rejected, false) }, wedges),
      Object.assign({ label: "accepted", yAxisID: "y", data: points(chart.accepted, true) }, dots),
      Object.assign({ label: "accepted, no timestamp", yAxisID: "none",
                      data: points(chart.accepted, false) }, dots),
      { label: "remembered timestamp", yAxisID: "y", type: "line", stepped: true, radius: 0,
        borderWidth: 1.5, pointStyle: "line", borderColor: colour("stamp"),
        backgroundColor: colour("stamp"), data: points(chart.stamps, true) },
    ].filter(set => set.data.length);
    const tops = datasets.filter(set => set.yAxisID !== "none").flatMap(set =>
      set.data.reduce((top, point) => Math.max(top, point.y), 0));
    const room = Math.max(Math.max(0, ...tops) * .04, 1);
    const many = datasets.reduce((sum, set) => sum + set.data.length, 0) > 20000;
    const side = (data.seconds || 1) * .01;
    // The first one of the axes on the same side is at the bottom.
    const scales = {};
    if (datasets.some(set => set.yAxisID === "none"))
      scales.none = { type: "linear", axis: "y", min: -1, max: 1, stack: "v", stackWeight: 1,
                      grid: { drawTicks: false, color: "transparent",
                              borderColor: colour("rule") },
                      ticks: { color: colour("soft"), stepSize: 1, autoSkip: false,
                               callback: value => value === 0 ? "none" : "" } };
    scales.y = axis(colour, "TSval, ticks above " + grouped(chart.base), {
      type: "linear", ticks: ticks(colour, grouped), stack: "v", stackWeight: 9,
      min: -room, max: Math.max(0, ...tops) + room });
    scales.x = axis(colour, timeTitle, {
      type: "linear", min: origin - side, max: origin + (data.seconds || 1) + side,
      ticks: Object.assign(ticks(colour, at => clock(at - origin)), { stepSize: step() }) });
    return new Chart(canvas, {
      type: "scatter",
      data: { datasets },
      options: {
        animation: false, parsing: false, normalized: true, maintainAspectRatio: false,
        clip: 8, events: many ? [] : undefined, scales,
        plugins: {
          legend: legend(colour),
          tooltip: { callbacks: { label: item => item.dataset.label + " at " +
            clock(item.parsed.x - origin) + (item.dataset.yAxisID === "none" ? "" : ", TSval " +
            grouped((item.parsed.y + chart.base) % 4294967296)) } },
        },
      },
    });
  }

  function bars(canvas, colour, title, labels, skip, sets) {
    return new Chart(canvas, {
      type: "bar",
      data: { labels, datasets: sets.filter(set => set.data.some(value => value)) },
      options: {
        animation: false, maintainAspectRatio: false,
        datasets: { bar: { categoryPercentage: .95, barPercentage: .95 } },
        scales: {
          x: axis(colour, title, { stacked: true, ticks: Object.assign(ticks(colour), { autoSkip: skip }),
                                   grid: { display: false, borderColor: colour("rule") } }),
          y: axis(colour, "rejected SYNs", { stacked: true, beginAtZero: true,
            ticks: Object.assign(ticks(colour, grouped), { precision: 0 }) }),
        },
        plugins: { legend: legend(colour) },
      },
    });
  }

  function draw(paper) {
    const colour = palette(paper);
    charts.forEach(chart => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    charts = data.charts.map((chart, i) =>
      clocks(document.getElementById("clock" + i), chart, colour));
    const set = (label, values, name) => ({ label, data: values, pointStyle: "rect",
      backgroundColor: colour(name) });
    charts.push(bars(document.getElementById("bins"), colour, timeTitle,
      data.bins.older.map((_, i) => clock(i * data.bins.width, data.bins.width >= 1)), true,
      [set("older", data.bins.older, "older"),
       set("no timestamp", data.bins.untimed, "untimed")]));
    if (data.delays) {
      const names = Object.keys(data.delays).filter(name => name !== "0" &&
        (name === "never" || isFinite(name) || data.delays[name]));
      charts.push(bars(document.getElementById("delays"), colour,
        "seconds until a SYN would have got in", names, false,
        [set("rejected", names.map(name => data.delays[name]), "older")]));
    }
  }

  draw(false);
  dark.addEventListener("change", () => draw(false));
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw(false));
})();
