package diagram

// style are the colours of light screens, and then those of dark ones. The paper
// is drawn: on a page whose background is not known, nothing else is readable for
// sure.
const style = `
text{font-family:system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.paper{fill:#ffffff}
.title{font-size:17px;font-weight:600}
.subtitle,.note,.legend{font-size:11px;fill:#57606a}
.name{font-size:13px;font-weight:600;text-anchor:middle}
.note{text-anchor:middle}
.words{font-size:11px;text-anchor:middle;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.state rect{fill:#f6f8fa;stroke:#57606a;stroke-width:1.2}
.initial rect{fill:#ddf4ff;stroke:#0969da;stroke-width:2}
.global rect{fill:#fbefff;stroke:#8250df}
.deadend rect{fill:#fff8c5;stroke:#9a6700;stroke-width:2}
.unreachable rect{fill:#ffebe9;stroke:#cf222e;stroke-width:2;stroke-dasharray:5 3}
.elsewhere rect{fill:none;stroke:#8250df;stroke-dasharray:4 3}
.elsewhere .name{font-weight:400;font-style:italic;fill:#8250df}
.begin circle{fill:#0969da}
.way path{fill:none;stroke:#57606a;stroke-width:1.2}
.way .tip{fill:#57606a;stroke:none}
.global-way path,.back-way path{fill:none;stroke:#8250df;stroke-width:1.2;stroke-dasharray:5 3}
.global-way .tip,.back-way .tip{fill:#8250df;stroke:none}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.paper{fill:#0d1117}
.subtitle,.note,.legend{fill:#9198a1}
.words{stroke:#0d1117}
.state rect{fill:#161b22;stroke:#8b949e}
.initial rect{fill:#0c2d6b;stroke:#58a6ff}
.global rect{fill:#2b1a4a;stroke:#bc8cff}
.deadend rect{fill:#3b2a00;stroke:#d29922}
.unreachable rect{fill:#4c1512;stroke:#ff7b72}
.elsewhere rect{fill:none;stroke:#bc8cff}
.elsewhere .name{fill:#bc8cff}
.begin circle{fill:#58a6ff}
.way path{stroke:#8b949e}
.way .tip{fill:#8b949e}
.global-way path,.back-way path{stroke:#bc8cff}
.global-way .tip,.back-way .tip{fill:#bc8cff}
}
`
