#include "lib/report/style.h"

namespace weft::report {

// Colours of the series follow Okabe and Ito's palette, which people with any common form of colour
// blindness can tell apart; the dark variants are lighter tints of the same hues.
std::string_view style_sheet() {
  return R"css(:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #dfe3e8;
  --grid: #e9ecf0; --mark: #6b7480;
  --good: #0b7a4b; --bad: #b3261e; --warn: #8a5a00;
  --good-tint: #e4f4ec; --bad-tint: #fbe9e7; --warn-tint: #fdf2dc;
  --s0: #0069b4; --s1: #d55e00; --s2: #00875f; --s3: #b0508a; --s4: #9a6b00; --s5: #3a8fc7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101418; --card: #171c22; --ink: #e7eaee; --soft: #9aa5b1; --line: #2b333c;
    --grid: #252c34; --mark: #8b96a3;
    --good: #5fd39e; --bad: #ff8f85; --warn: #f0c060;
    --good-tint: #15301f; --bad-tint: #3a1a18; --warn-tint: #33280f;
    --s0: #5ab4f5; --s1: #ff9148; --s2: #3fd0a0; --s3: #e58fc4; --s4: #f0b93a; --s5: #a5d8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans",
    "Liberation Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1140px; margin: 0 auto; padding: 36px 24px 48px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.015em; margin: 2px 0 6px;
  overflow-wrap: anywhere; }
h2 { font-size: 16px; line-height: 1.3; letter-spacing: -0.005em; margin: 0 0 2px; }
h3 { font-size: 13px; margin: 18px 0 4px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 10px; }
code { font: 0.92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono",
  "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
header { margin: 0 0 16px; }
.over { color: var(--soft); font-size: 13px; letter-spacing: 0.02em; margin: 0; }
.sub { color: var(--soft); margin: 0 0 14px; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: 13.5px; margin: 6px 0; max-width: 76ch; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 20px; padding: 0; list-style: none; }
.chips li { border: 1px solid var(--line); border-radius: 99px; padding: 1px 10px; font-size: 13px;
  background: var(--card); overflow-wrap: anywhere; }
.chips b { font-weight: 600; }
.callout { border: 1px solid var(--line); border-left: 4px solid var(--mark); border-radius: 8px;
  background: var(--card); padding: 10px 16px; margin: 0 0 16px; }
.callout p { margin: 0; } .callout ul { margin: 4px 0 2px; padding-left: 20px; }
.callout.good { border-left-color: var(--good); }
.callout.warn { border-left-color: var(--warn); background: var(--warn-tint); }
.callout.bad { border-left-color: var(--bad); background: var(--bad-tint); }
.good strong, td.good, .word.good { color: var(--good); }
.bad strong, td.bad, .word.bad { color: var(--bad); }
.warn strong, td.warn, .word.warn { color: var(--warn); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px;
  margin: 0 0 16px; border: 1px solid var(--line); border-radius: 10px; overflow: hidden;
  background: var(--card); }
.tiles div { padding: 14px 18px 12px; box-shadow: 0 0 0 1px var(--line); }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 0; font-size: 26px; line-height: 1.25; font-weight: 620;
  letter-spacing: -0.02em; white-space: nowrap; }
.tiles dd small { font-size: 15px; font-weight: 500; letter-spacing: 0; color: var(--soft);
  margin-left: 3px; }
.tiles .foot { color: var(--soft); font-size: 13px; font-weight: 400; letter-spacing: 0;
  line-height: 1.4; white-space: normal; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px 22px 16px; margin: 0 0 16px; min-width: 0; }
.two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 16px; }
.two > :only-child { grid-column: 1 / -1; }
.three { display: flex; flex-wrap: wrap; gap: 0 16px; }
.three section { flex: 1 1 290px; } .three #set-up { flex: 1.4 1 330px; }
.scroll, .figure { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 4px 0; }
th, td { text-align: left; font-weight: 400; padding: 5px 14px 5px 0; vertical-align: baseline;
  border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; }
.mid { text-align: center; }
.n { text-align: right; white-space: nowrap; } thead .n { white-space: normal; }
.strong { font-weight: 620; }
.soft { color: var(--soft); }
td.differs { background: var(--warn-tint); box-shadow: 0 0 0 4px var(--warn-tint); }
.key { display: inline-block; font-weight: 650; min-width: 1.3em; }
.key.s0 { color: var(--s0); } .key.s1 { color: var(--s1); } .key.s2 { color: var(--s2); }
.key.s3 { color: var(--s3); } .key.s4 { color: var(--s4); } .key.s5 { color: var(--s5); }
.facts { display: grid; grid-template-columns: minmax(84px, auto) minmax(0, 1.7fr); gap: 3px 16px;
  margin: 6px 0; font-size: 14px; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.facts dd div { margin: 0; }
.meter { display: inline-block; vertical-align: 1px; height: 9px; border-radius: 2px;
  min-width: 2px; background: var(--s0); }
.meter.errors { background: var(--s1); }
details { margin: 8px 0 0; font-size: 13.5px; } details table { font-size: 13px; }
summary { color: var(--soft); cursor: pointer; width: max-content; }
footer { color: var(--soft); font-size: 13px; margin: 24px 2px 0; }
svg { display: block; width: 100%; min-width: 460px; height: auto; margin: 6px 0 0;
  font-family: inherit; font-size: 13px; }
svg.wide { min-width: 760px; }
svg text { fill: var(--soft); } svg text.legend { fill: var(--ink); }
svg text.strong { font-weight: 620; fill: var(--ink); }
.grid { stroke: var(--grid); } .axis { stroke: var(--mark); }
.marker { stroke: var(--mark); stroke-dasharray: 3 3; }
.column { fill: var(--s0); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: butt; }
.area { stroke: none; fill-opacity: 0.13; }
.line.s0 { stroke: var(--s0); } .area.s0, .dot.s0 { fill: var(--s0); }
.line.s1 { stroke: var(--s1); stroke-dasharray: 7 3; } .area.s1, .dot.s1 { fill: var(--s1); }
.line.s2 { stroke: var(--s2); stroke-dasharray: 2 2.5; } .area.s2, .dot.s2 { fill: var(--s2); }
.line.s3 { stroke: var(--s3); stroke-dasharray: 9 3 2 3; } .area.s3, .dot.s3 { fill: var(--s3); }
.line.s4 { stroke: var(--s4); stroke-dasharray: 4 2; } .area.s4, .dot.s4 { fill: var(--s4); }
.line.s5 { stroke: var(--s5); stroke-dasharray: 12 3; } .area.s5, .dot.s5 { fill: var(--s5); }
.spread { width: 220px; min-width: 220px; margin: 0 0 -5px; display: inline-block; }
.whisker { stroke: var(--mark); stroke-width: 2; } .zero { stroke: var(--ink); }
.whisker.good, .point.good { stroke: var(--good); } .point.good { fill: var(--good); }
.whisker.bad, .point.bad { stroke: var(--bad); } .point.bad { fill: var(--bad); }
.point { fill: var(--card); stroke: var(--mark); stroke-width: 2; }
svg text.good { fill: var(--good); font-weight: 620; }
svg text.bad { fill: var(--bad); font-weight: 620; }
.zone { fill: transparent; } .tip { visibility: hidden; pointer-events: none; }
.hit:hover .tip { visibility: visible; }
.guide { stroke: var(--mark); }
.balloon { fill: var(--card); stroke: var(--mark); rx: 5px; }
@media screen and (max-width: 860px) {
  .two { grid-template-columns: minmax(0, 1fr); }
  main { padding: 20px 12px; } section { padding: 14px; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #999; --grid: #ddd;
    --mark: #444; --good: #000; --bad: #000; --warn: #000;
    --good-tint: #fff; --bad-tint: #fff; --warn-tint: #fff;
    --s0: #000; --s1: #333; --s2: #555; --s3: #222; --s4: #666; --s5: #444;
  }
  @page { margin: 14mm; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; }
  .tiles { grid-template-columns: repeat(6, 1fr); } .tiles div { padding: 8px 10px; }
  .tiles dd { font-size: 16pt; } .tiles dd small, .tiles .foot, .tiles dt { font-size: 9pt; }
  th, td { padding: 3px 8px 3px 0; } table, .facts { font-size: 9pt; } .note { font-size: 9pt; }
  section, .callout, .tiles { break-inside: avoid; border-color: #999; }
  section { padding: 10px 14px; margin-bottom: 10px; }
  .two { gap: 0 10px; } .three { gap: 0 10px; }
  .callout.warn, .callout.bad { border-left-width: 6px; }
  .column { fill: #777; } svg, svg.wide { min-width: 0; } details, .hit { display: none; }
  td.differs { box-shadow: none; font-weight: 650; }
  .meter { border: 1px solid #000; }
}
)css";
}

}  // namespace weft::report
