"""How the page looks: two sets of colours, and one column on a phone."""

#: The style sheet. Text has a contrast of at least 4.5 in both sets (tests/engines/test_benchmark_page_in_browser.py).
STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --ink: #1c1e1b; --quiet: #5d625a; --line: #dcdad2; --zero: #8b9088;
  --slower: #a8321f; --faster: #11734a; --same: #33567f; --unsure: #7a5200; --beyond: #f6e3dd;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131613; --ink: #ecede6; --quiet: #a2a89e; --line: #2e332e; --zero: #727a70;
    --slower: #ff9d8a; --faster: #6cd6a1; --same: #9dbdec; --unsure: #eec068; --beyond: #3a2420;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--paper); color: var(--ink); font: 1rem/1.55 var(--sans); overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
main { max-width: 64rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 4rem) clamp(1rem, 4vw, 2.5rem) 4rem; }
code, .name, h3 { font-family: var(--mono); font-size: 0.875rem; }
.eyebrow { color: var(--quiet); font-weight: 600; }
h1 { margin-top: 0.25rem; font-size: clamp(1.75rem, 7vw, 2.75rem); font-weight: 650; letter-spacing: -0.02em;
  line-height: 1.15; }
h1.slower { color: var(--slower); }
h2 { margin: 3rem 0 0.75rem; font-size: 1.1875rem; font-weight: 600; }
h3 { margin: 1.25rem 0 0.25rem; color: var(--quiet); font-weight: 400; }
ol, ul { padding: 0; list-style: none; }
p + p { margin-top: 0.5rem; }
pre { margin-top: 0.5rem; overflow-x: auto; font: 0.8125rem/1.5 var(--mono); white-space: pre-wrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; margin-top: 1.5rem; }
dt { color: var(--quiet); }
.failed li { padding: 0.6rem 0 0.6rem 0.9rem; border-left: 3px solid var(--slower); }
.failed li + li { margin-top: 0.75rem; }
.failed + * { margin-top: 1.25rem; }
.note + * { margin-top: 1rem; }
.note { color: var(--quiet); }

svg { display: block; overflow: visible; }
text { fill: var(--quiet); font: 0.75rem var(--sans); }
.beyond { fill: var(--beyond); }
.limit { stroke: var(--slower); stroke-width: 1.5; stroke-dasharray: 4 3; }
.grid { stroke: var(--line); }
.zero { stroke: var(--zero); }
.interval { stroke-width: 2; }
.shape, .interval { fill: var(--mark); stroke: var(--mark); }
.shape { stroke-width: 1.5; }
.shape.unsure { fill: var(--paper); }
.slower, .broken { --mark: var(--slower); }
.faster { --mark: var(--faster); }
.same { --mark: var(--same); }
.unsure { --mark: var(--unsure); }

.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-bottom: 0.75rem; font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 0.4rem; }
.row { display: grid; grid-template-columns: minmax(0, 19rem) minmax(0, 1fr) 5.5rem; column-gap: 1rem;
  align-items: center; }
.row svg { grid-column: 2; align-self: stretch; height: 100%; min-height: 26px; }
.axis svg { min-height: 0; }
.name { line-height: 1.35; padding: 0.15rem 0; }
.change { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.change.slower, .change.broken, .change.faster, .change.unsure, td.answer { color: var(--mark, inherit);
  font-weight: 600; }

table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption { padding-bottom: 0.5rem; color: var(--quiet); text-align: left; }
th, td { padding: 0.35rem 0 0.35rem 1rem; border-top: 1px solid var(--line); text-align: right; vertical-align: top;
  font-variant-numeric: tabular-nums; }
th:first-child { padding-left: 0; text-align: left; font-weight: 400; }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; white-space: nowrap; }
th:first-child code { color: var(--ink); }
th[scope="rowgroup"] { padding-top: 1rem; color: var(--quiet); font: 0.875rem var(--mono); }
td { white-space: nowrap; }
td.answer, thead th:last-child { text-align: left; }

.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1.5rem 2rem;
  align-items: end; }
.curve { display: grid; grid-template-columns: max-content minmax(0, 1fr); column-gap: 0.4rem; }
.curves line, .curves path { vector-effect: non-scaling-stroke; }
.way { fill: none; stroke: var(--same); stroke-width: 2; stroke-linejoin: round; }
.dots { fill: none; stroke: var(--same); stroke-width: 5; stroke-linecap: round; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: 0.4rem; }

@media (max-width: 44rem) {
  .row { grid-template-columns: minmax(0, 1fr) 5rem; column-gap: 0.5rem; padding-top: 0.35rem; }
  .row .name { grid-column: 1 / -1; }
  .row svg { grid-column: 1; height: 26px; }
  .axis svg { height: 16px; }
  .minor { display: none; }
  .mark .shape { transform: scale(0.7); }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: 1fr 1fr; padding: 0.5rem 0; border-top: 1px solid var(--line); }
  th, td { padding: 0.05rem 0; border: 0; text-align: left; white-space: normal; }
  th { grid-column: 1 / -1; }
  td:not(:empty)::before { color: var(--quiet); font-weight: 400; content: attr(data-label) " "; }
}
"""
