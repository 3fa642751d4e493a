"""What the pages say, in the languages they speak."""

from collections.abc import Mapping

LANGUAGES = ("en", "es")

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Allow access?",
        "asks": "wants to act for you in Evenkeel.",
        "as": "You are signed in as",
        "may": "It asks to:",
        "limits": "It can never do more than you may do yourself. You can end its access at any time.",
        "back": "You will be sent back to",
        "allow": "Allow",
        "deny": "Don't allow",
        "refused": "This can't go on",
        "refused_client": (
            "The app that sent you here asked for something that can't be answered safely, so you were not sent back to it. "
            "Go back to the app and try again; if it stays like this, tell the app's maker."
        ),
        "refused_answer": (
            "This question was answered already, has expired, or belongs to another sign-in. "
            "Go back to the app and start again."
        ),
    },
    "es": {
        "title": "¿Permitir el acceso?",
        "asks": "quiere actuar en su nombre en Evenkeel.",
        "as": "Ha iniciado sesión como",
        "may": "Solicita permiso para:",
        "limits": "Nunca podrá hacer más de lo que usted puede hacer. Puede retirarle el acceso en cualquier momento.",
        "back": "Volverá a",
        "allow": "Permitir",
        "deny": "No permitir",
        "refused": "No es posible continuar",
        "refused_client": (
            "La aplicación que le envió aquí pidió algo a lo que no se puede responder de forma segura, por lo que no se le ha "
            "devuelto a ella. Vuelva a la aplicación e inténtelo de nuevo; si el problema continúa, avise a quien la hizo."
        ),
        "refused_answer": (
            "Esta pregunta ya fue respondida, ha caducado o pertenece a otra sesión. Vuelva a la aplicación y empiece de nuevo."
        ),
    },
}

SCOPES: Mapping[str, tuple[str, str]] = {
    "openid": ("know that it is you", "saber que es usted"),
    "profile": ("see your name", "ver su nombre"),
    "email": ("see your e-mail address", "ver su dirección de correo electrónico"),
    "offline_access": ("stay signed in on this device", "mantener la sesión iniciada en este dispositivo"),
    "me:read": ("see what is yours: your place, notices and notes", "ver lo suyo: su lugar, sus avisos y sus notas"),
    "me:write": ("change what is yours, and share it for you", "cambiar lo suyo y compartirlo en su nombre"),
    "directory:read": ("see schools and members of staff", "ver las escuelas y el personal"),
    "roster:write": ("bring in rosters and map roles", "importar listas de personal y asignar funciones"),
    "observations:read": ("see observations", "ver las observaciones"),
    "observations:write": ("record observations", "registrar observaciones"),
    "assessments:write": ("record assessments", "registrar valoraciones"),
    "scores:read": ("see leadership profiles", "ver los perfiles de liderazgo"),
    "change:read": ("see initiatives and how groups feel them", "ver las iniciativas y cómo las viven los grupos"),
    "change:write": ("describe initiatives and groups", "describir iniciativas y grupos"),
    "advice:read": ("see advice", "ver los consejos"),
    "configuration:read": ("see how scores are made", "ver cómo se calculan las puntuaciones"),
    "configuration:write": ("change how scores are made", "cambiar cómo se calculan las puntuaciones"),
    "audit:read": ("see who did what", "ver quién hizo qué"),
    "exports:write": ("take the district's data out", "extraer los datos del distrito"),
    "admin:read": ("see how the district is set up", "ver la configuración del distrito"),
    "admin:write": ("administer the district", "administrar el distrito"),
}
"""What each scope means to a person, in English and Spanish."""


def language_of(wanted: str, accepted: str) -> str:
    """The language to speak: the first we know of ``ui_locales``, else of Accept-Language, else English."""
    offered = [*wanted.split(), *(part.split(";")[0] for part in accepted.split(","))]
    known = (tag.strip().lower().split("-")[0] for tag in offered)
    return next((tag for tag in known if tag in LANGUAGES), "en")


def scope_lines(scopes: list[str], language: str) -> list[str]:
    """What each of ``scopes`` means, in the table's order; one without words is shown as it is."""
    place = LANGUAGES.index(language)
    known = [SCOPES[scope][place] for scope in SCOPES if scope in scopes]
    return known + [scope for scope in scopes if scope not in SCOPES]
