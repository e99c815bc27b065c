// SPDX-License-Identifier: Apache-2.0

internal import SurvivalPlots

/// The style sheet of a page: light and dark, screen and print, and no colour as the only sign.
enum ReportStyle {
  /// The rules; they hold no character that XML reserves.
  static var rules: [String] {
    [
      ":root{\(variables(.light))\(light)}",
      // Print is always dark on white.
      "@media screen and (prefers-color-scheme:dark){:root{\(variables(.dark))\(dark)}}",
      base, layout, tables, print,
    ]
  }

  /// The colours of figures, as custom properties that they read.
  private static func variables(_ colors: Theme.Colors) -> String {
    let series = colors.series.enumerated().map { "--survival-series-\($0 + 1):\($1.css);" }
    return "--survival-ink:\(colors.ink.css);--survival-muted:\(colors.muted.css);"
      + "--survival-grid:\(colors.grid.css);--survival-background:transparent;" + series.joined()
  }

  private static let light = """
    --ink:#1a1a1a;--muted:#595959;--ground:#fff;--raised:#f5f6f8;--line:#d5d8dd;--link:#00508a;\
    --shade:#0003;--amber:#fff3d6;--amber-line:#b07800;--red:#fdecea;--red-line:#b3261e
    """

  private static let dark = """
    --ink:#ececec;--muted:#b0b0b0;--ground:#16181c;--raised:#1f2228;--line:#3a3f47;--link:#8cc8ff;\
    --shade:#fff4;--amber:#3a2f12;--amber-line:#e0a526;--red:#3d1f1c;--red-line:#ff8a80
    """

  private static let base = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--ground);color:var(--ink);
    font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
    h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
    h2{font-size:1.35rem;line-height:1.25;margin:0 0 .75rem}
    h3{font-size:1.1rem;line-height:1.3;margin:2rem 0 .5rem}
    p,dl{margin:0 0 1rem;max-width:42rem}
    a{color:var(--link)}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    main:focus{outline:none}
    .skip{position:absolute;left:-999rem;padding:.5rem 1rem;background:var(--ground);z-index:2}
    .skip:focus{left:.5rem;top:.5rem}
    .subtitle{color:var(--muted);font-size:1.05rem}
    .synthetic{background:var(--amber);border:2px solid var(--amber-line);border-radius:.4rem;
    padding:.6rem .9rem;font-weight:600}
    .tag{display:inline-block;margin-left:.5rem;padding:0 .4rem;border:1px solid var(--amber-line);
    border-radius:.3rem;background:var(--amber);font-size:.7rem;font-weight:400;white-space:nowrap}
    .note{padding:.5rem .9rem;border-left:4px solid var(--line);background:var(--raised)}
    .warning{border-color:var(--amber-line);background:var(--amber)}
    .refusal{border-color:var(--red-line);background:var(--red)}
    .small{font-size:.85rem;color:var(--muted);margin:.4rem 0 0;overflow-wrap:anywhere}
    dt{font-weight:600;margin-top:.75rem}
    dd{margin:0 0 0 1rem;overflow-wrap:anywhere}
    """

  private static let layout = """
    header,.columns,footer{max-width:84rem;margin:0 auto;padding:1.25rem 1rem}
    header{padding-bottom:0}
    footer{border-top:1px solid var(--line);color:var(--muted);font-size:.9rem}
    footer .synthetic{color:var(--ink)}
    nav h2{font-size:1rem}
    nav ol{margin:0 0 1.5rem;padding-left:2.2rem;columns:14rem;column-gap:1.5rem}
    nav li{padding:.15rem 0;break-inside:avoid}
    section{padding:1.5rem 0;border-top:1px solid var(--line)}
    main{min-width:0}
    figure{margin:1.25rem 0 1.75rem}
    figcaption{font-weight:600;margin-bottom:.5rem;max-width:42rem}
    .table{display:inline-block;vertical-align:top;max-width:100%;min-width:min(17rem,100%)}
    .table figcaption,.table .small{contain:inline-size}
    .drawing svg{display:block;width:100%;height:auto}
    .drawing .wide{max-width:52rem}
    .narrow{display:none}
    @media screen and (max-width:39.99rem){
    .wide{display:none}
    .narrow{display:block;max-width:30rem}
    h1{font-size:1.45rem}
    }
    @media screen and (min-width:64rem){
    .columns{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:2rem}
    nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding-top:1.5rem}
    nav ol{columns:auto}
    .table{padding-right:2rem}
    }
    """

  /// A shade at the right edge of a table says that it goes on there.
  private static let tables = """
    .box{overflow-x:auto;max-width:100%;
    background:linear-gradient(to left,var(--ground) 40%,transparent) right/3rem 100% no-repeat local,
    linear-gradient(to left,var(--shade),transparent) right/1rem 100% no-repeat scroll}
    table{border-collapse:collapse;font-size:.9rem;line-height:1.35;font-variant-numeric:tabular-nums;
    border-top:2px solid var(--ink);border-bottom:1px solid var(--ink)}
    th,td{padding:.22rem .65rem;text-align:right;vertical-align:top;white-space:nowrap}
    thead th,thead td{border-bottom:1px solid var(--ink);vertical-align:bottom;white-space:normal}
    th[scope=row],thead th:first-child,thead td:first-child{position:sticky;left:0;background:var(--ground);text-align:left;
    font-weight:400;white-space:normal;min-width:6.5rem;max-width:18rem}
    th[scope=row]{overflow-wrap:break-word}
    thead th:first-child{font-weight:600}
    .parent th,.parent td{padding-top:.5rem}
    .parent th[scope=row]{font-weight:600}
    .child th[scope=row]{padding-left:1.5rem}
    .words{text-align:left;white-space:normal;min-width:9rem;max-width:30rem;overflow-wrap:anywhere}
    tbody tr:hover th,tbody tr:hover td{background:var(--raised)}
    @media screen and (max-width:39.99rem){
    th[scope=row],thead th:first-child,thead td:first-child{min-width:7.5rem;max-width:9.5rem}
    th,td{padding:.22rem .5rem}
    .child th[scope=row]{padding-left:1rem}
    }
    """

  /// Long tables go on over pages, short ones do not.
  private static let print = """
    @page{size:A4;margin:16mm 14mm}
    @media print{
    html{font-size:9.5pt}
    header,.columns,footer{max-width:none;padding:.5rem 0}
    .skip,nav{display:none}
    :focus-visible{outline:none}
    .table{display:block;max-width:none}
    .table .small,.table figcaption{contain:none;max-width:42rem}
    .table:not(:has(tbody tr:nth-child(16))){break-inside:avoid}
    section{break-before:auto}
    h2,h3,figcaption,dt{break-after:avoid}
    .drawing,tr,.note,.synthetic{break-inside:avoid}
    thead{display:table-header-group}
    .box{overflow:visible;background:none}
    th[scope=row],thead th:first-child,thead td:first-child{position:static;background:none}
    table{font-size:8pt}
    th,td{padding:.15rem .4rem}
    .drawing .wide{max-width:150mm}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    }
    """
}
