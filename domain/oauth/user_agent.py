"""What kind of device somebody uses, roughly: enough to recognise one's own, too little to follow anybody."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
# The first that fits: Edge and Opera call themselves Chrome too, and Chrome Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"))
FALLBACK_BROWSERS = (("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device_of(user_agent: str) -> str:
    """The device that a browser's User-Agent tells of, as in ``Firefox, Windows``; ``Unknown device`` when it tells nothing."""
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    browser = next((name for sign, name in (*BROWSERS, *FALLBACK_BROWSERS) if sign in user_agent), None)
    return ", ".join(part for part in (browser, system) if part) or "Unknown device"
