"""The table, as README.md has it."""

from typing import Any

HEAD = "| what | here | limit here | ratio: median (runs) | worker CPU | at least | reach |\n|---|---|---|---|---|---|---|"


def table(results: dict[str, Any]) -> str:
    """Everything in ``found``, a line each."""
    lines = [HEAD]
    for name, what, least, reach in (
        ("profile_in_turn", "GET profile, 200 leaders in turn", "0.20", "0.30"),
        ("profile_in_turn_untold", "the same without the audit trail", "–", "–"),
        ("profile_in_turn_trail", "the same, with the trail against without", "–", "–"),
        ("profile_hot", "GET profile, one hot leader", "(0.20)", "(0.30)"),
        ("profile_hot_untold", "the same without the audit trail", "–", "–"),
        ("profile_hot_trail", "the same, with the trail against without", "–", "–"),
        ("push", "batch push, 200 observations x 5 ratings", "0.30", "0.50"),
    ):
        if name in results:
            lines.append(_pairs(what, results[name], least, reach))
    if "growth" in results:
        few, many = results["growth"]["sizes"]
        lines.append(_pairs(f"profile at {many:,} against {few:,} ratings", results["growth"], "≤ 1.3", "1.1"))
    if "startup" in results:
        lines.append(_pairs("`evenkeel serve` until ready, against importing `api.app`", results["startup"], "0.50", "0.75"))
    if "advice" in results:
        a = results["advice"]
        lines.append(f"| recommendations, 6 groups | {a['median_ms']} ms (p95 {a['p95_ms']}) | – | – | – | ≤ 20 ms | 5 ms |")
    if "memory" in results:
        m = results["memory"]
        after = m.get("after_mb", "–")
        lines.append(f"| PSS 10 s after ready / after | {m['ready_mb']} / {after} MB | – | – | – | 180 / 220 MB | 120 MB |")
    for name, probed in results.get("attacks", {}).items():
        longest = f"longest {probed['longest_ms']} ms; {probed['sent']} sent"
        lines.append(f"| /healthz p99 during: {name} | {probed['p99_ms']} ms ({longest}) | – | – | – | ≤ 100 ms | – |")
    if "crowd" in results:
        c = results["crowd"]
        shed = f"{c['answered']} answered, {c['shed']} shed, the last after {c['longest_until_shed_ms']} ms"
        lines.append(f"| {c['clients']} GraphQL clients: peak PSS | {c['peak_mb']} MB ({shed}) | – | – | – | 400 MB | – |")
        lines.append(f"| the same: p99 of a profile beside them | {c['cheap_p99_ms']} ms | – | – | – | ≤ 500 ms | – |")
    return "\n".join(lines)


def _pairs(what: str, p: dict[str, Any], least: str, reach: str) -> str:
    runs = " ".join(f"{r:.2f}" for r in p["ratios"])
    cpu = f"{p['worker_cpu_ms']:.2f} ms" + (f" / {p['limit_cpu_ms']:.2f} ms" if p["limit_cpu_ms"] is not None else "")
    return f"| {what} | {p['house']} {p['unit']} | {p['limit']} | **{p['ratio']:.2f}** ({runs}) | {cpu} | {least} | {reach} |"
