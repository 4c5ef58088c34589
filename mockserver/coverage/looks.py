"""The looks that the pages of the mock share: colours for light and dark, type, tables. Nothing from elsewhere."""

LOOKS = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --sunk: #eef0f4; --line: #d9dde5; --text: #1b2130; --soft: #566074;
  --accent: #3451b2; --on-accent: #ffffff; --accent-soft: #e8edfb;
  --good: #146c3a; --good-soft: #e0f3e7; --bad: #a8321b; --bad-soft: #fdeae4;
  --worse: #8a1c4a; --worse-soft: #fbe6ef; --warn: #855600; --warn-soft: #fbf0d5;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11141b; --card: #191d27; --sunk: #222835; --line: #323a4b; --text: #e6e9f0; --soft: #a3adc0;
    --accent: #9db4ff; --on-accent: #11182e; --accent-soft: #232d4d;
    --good: #7fd6a0; --good-soft: #17352a; --bad: #ffa48d; --bad-soft: #42211b;
    --worse: #ff9cc4; --worse-soft: #43192f; --warn: #f0c76a; --warn-soft: #3a2d12;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 var(--sans); }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0; }
h3 { font-size: .95rem; margin: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, pre, kbd, .mono { font-family: var(--mono); font-size: .86em; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .45rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { font-size: .78rem; font-weight: 600; color: var(--soft); white-space: nowrap; background: var(--card); }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.covered { color: var(--good); }
.missing { color: var(--bad); }
.covered::before { content: "\\2713\\00a0"; }
.missing::before { content: "\\2717\\00a0"; }
"""
