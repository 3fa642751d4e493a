"""Every sentence of the sign-in pages, in each language."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Languages, each by its own name; the first is spoken where none fits."""

WORDS: Mapping[str, tuple[str, str]] = {
    "skip": ("Skip to the form", "Saltar al formulario"),
    "language": ("Language", "Idioma"),
    "find.title": ("Find your district", "Busque su distrito"),
    "find.intro": (
        "Type the short name of your district, or your work e-mail address. We only look at the part after the @ sign.",
        "Escriba el nombre corto de su distrito o su correo electrónico del trabajo. Solo miramos la parte después de la @.",
    ),
    "find.label": ("District or work e-mail", "Distrito o correo electrónico del trabajo"),
    "find.none": (
        "We know no district by this. Check the spelling, or ask your district's office for the short name.",
        "No conocemos ningún distrito con esto. Revise lo escrito o pida el nombre corto en la oficina de su distrito.",
    ),
    "go": ("Continue", "Continuar"),
    "in.title": ("Sign in to {district}", "Entrar en {district}"),
    "in.with": ("Sign in with {provider}", "Entrar con {provider}"),
    "in.or": ("Or with a user name and password", "O con un nombre de usuario y una contraseña"),
    "in.exclusive": (
        "Your district signs in with its own account. A password is only for administrators in an emergency.",
        "Su distrito entra con su propia cuenta. La contraseña es solo para administradores en una emergencia.",
    ),
    "username": ("User name", "Nombre de usuario"),
    "password": ("Password", "Contraseña"),
    "password.new": ("New password", "Contraseña nueva"),
    "password.hint": (
        "At least 12 characters. A sentence is easy to remember. Leave out your name and your district's.",
        "Al menos 12 caracteres. Una frase es fácil de recordar. Sin su nombre ni el de su distrito.",
    ),
    "username.hint": ("3 to 64 letters, digits or . _ - + @", "De 3 a 64 letras, cifras o . _ - + @"),
    "in.submit": ("Sign in", "Entrar"),
    "in.forgot": ("I forgot my password", "Olvidé mi contraseña"),
    "in.code": ("I have a one-time code", "Tengo un código de un solo uso"),
    "in.other": ("Another district", "Otro distrito"),
    "in.back": ("Back to signing in", "Volver a entrar"),
    "problem": ("There is a problem", "Hay un problema"),
    "refused": (
        "This does not fit together. Check what you typed, or use another way to sign in.",
        "Los datos no coinciden. Revise lo escrito o entre de otra manera.",
    ),
    "wait": (
        "Too many tries. Wait {seconds} seconds and try again.",
        "Demasiados intentos. Espere {seconds} segundos y vuelva a intentarlo.",
    ),
    "again": (
        "Your sign-in took too long or has ended. Sign in again.",
        "La sesión tardó demasiado o terminó. Entre otra vez.",
    ),
    "stale_form": (
        "This page was open for too long. Please send the form again.",
        "Esta página estuvo abierta demasiado tiempo. Envíe el formulario otra vez.",
    ),
    "busy": ("We are busy. Please try again in a moment.", "Hay mucha actividad. Inténtelo de nuevo en un momento."),
    "nobody": (
        (
            "Your district's roster does not tell us whose account this is. Ask your district's office; "
            "they can also give you a one-time code."
        ),
        (
            "El registro de su distrito no nos dice de quién es esta cuenta. Pregunte en la oficina de su distrito; "
            "allí también pueden darle un código de un solo uso."
        ),
    ),
    "provider": (
        "{provider} could not tell us who you are. Try again, or ask your district's office.",
        "{provider} no pudo decirnos quién es usted. Inténtelo otra vez o pregunte en la oficina de su distrito.",
    ),
    "code.title": ("Use a one-time code", "Usar un código de un solo uso"),
    "code.intro": (
        "Type the code that your district gave you, and choose your user name and password.",
        "Escriba el código que le dio su distrito y elija su nombre de usuario y su contraseña.",
    ),
    "code.label": ("One-time code", "Código de un solo uso"),
    "code.hint": ("Capital or small letters, with or without hyphens.", "Mayúsculas o minúsculas, con o sin guiones."),
    "bad.username": (
        "Choose a user name of 3 to 64 letters, digits or . _ - + @",
        "Elija un nombre de usuario de 3 a 64 letras, cifras o . _ - + @",
    ),
    "taken.username": (
        "Somebody else has this user name. Choose another.",
        "Otra persona ya tiene este nombre de usuario. Elija otro.",
    ),
    "bad.password": (
        "Choose a password of 12 to 256 characters without your name, your user name, your district's and any pattern.",
        "Elija una contraseña de 12 a 256 caracteres sin su nombre, su usuario, el nombre de su distrito ni repeticiones.",
    ),
    "second.title": ("Second step", "Segundo paso"),
    "second.intro": (
        "Type the code that your authenticator app shows now, or one of your recovery codes.",
        "Escriba el código que muestra ahora su aplicación de autenticación, o uno de sus códigos de recuperación.",
    ),
    "second.label": ("Code", "Código"),
    "enrol.title": ("Set up a second step", "Configurar un segundo paso"),
    "enrol.intro": (
        (
            "With a second step, a password alone lets nobody in. Administrators always have one. Scan this picture with an "
            "authenticator app, or type the key into it. Then type the code that the app shows."
        ),
        (
            "Con un segundo paso, la contraseña sola no deja entrar a nadie. Los administradores siempre lo tienen. Escanee "
            "esta imagen con una aplicación de autenticación o escriba en ella la clave. Luego escriba el código que "
            "muestra la aplicación."
        ),
    ),
    "enrol.picture": ("QR code for an authenticator app", "Código QR para una aplicación de autenticación"),
    "enrol.key": ("Key", "Clave"),
    "recovery.title": ("Keep your recovery codes", "Guarde sus códigos de recuperación"),
    "recovery.intro": (
        "Each lets you in once when you do not have your app. Print them or write them down: they are not shown again.",
        "Cada uno le deja entrar una vez si no tiene la aplicación. Imprímalos o anótelos: no se muestran otra vez.",
    ),
    "forgot.title": ("Forgotten password", "Contraseña olvidada"),
    "forgot.intro": (
        (
            "Type your user name or your work e-mail address. If we know it, and an e-mail address for it, we "
            "send a letter there. "
            "Without an e-mail address, ask your district's office for a one-time code."
        ),
        (
            "Escriba su nombre de usuario o su correo del trabajo. Si lo conocemos, con un correo electrónico, "
            "enviaremos allí una "
            "carta. Sin correo electrónico, pida un código de un solo uso en la oficina de su distrito."
        ),
    ),
    "forgot.label": ("User name or e-mail", "Nombre de usuario o correo electrónico"),
    "forgot.done": (
        "If we know this name and an e-mail address for it, a letter is on its way. It is good for 30 minutes.",
        "Si conocemos este nombre y un correo electrónico para él, la carta está en camino. Vale durante 30 minutos.",
    ),
    "reset.title": ("Choose a new password", "Elija una contraseña nueva"),
    "reset.done": (
        "Your password is changed, and every browser is signed out. Sign in with the new one.",
        "Su contraseña ha cambiado y se cerraron todas las sesiones. Entre con la nueva.",
    ),
    "reset.gone": (
        "This letter was used or is too old. Ask for another.",
        "Esta carta ya se usó o es demasiado antigua. Pida otra.",
    ),
    "letter.subject": ("Your password at Evenkeel", "Su contraseña en Evenkeel"),
    "letter.text": (
        (
            "Somebody asked for a new password for your account at {district}.\n\nTo choose one, open this within 30 minutes:\n"
            "{link}\n\nIf it was not you, do nothing: your password stays as it is.\n"
        ),
        (
            "Alguien pidió una contraseña nueva para su cuenta en {district}.\n\nPara elegirla, abra esto en "
            "menos de 30 minutos:\n"
            "{link}\n\nSi no fue usted, no haga nada: su contraseña sigue igual.\n"
        ),
    ),
    "invite.subject": ("Your access to Evenkeel", "Su acceso a Evenkeel"),
    "invite.text": (
        (
            "You were invited to Evenkeel.\n\nOpen {link}\nand type this code, with a user name and a password of your choice:"
            "\n\n{code}\n\nIt is good once, for 14 days.\n"
        ),
        (
            "Le invitaron a Evenkeel.\n\nAbra {link}\n"
            "y escriba este código, con un nombre de usuario y una contraseña que elija:"
            "\n\n{code}\n\nVale una vez, durante 14 días.\n"
        ),
    ),
    "done.title": ("You are signed in", "Ha entrado"),
    "done.intro": (
        "You can go back to the app that brought you here, or sign out.",
        "Puede volver a la aplicación que le trajo aquí o salir.",
    ),
    "done.password": ("Change your password", "Cambiar su contraseña"),
    "done.second.new": ("Set up a second step", "Configurar un segundo paso"),
    "done.second.renew": ("Use another authenticator app", "Usar otra aplicación de autenticación"),
    "own.back": ("Back to your account", "Volver a su cuenta"),
    "change.title": ("Change your password", "Cambiar su contraseña"),
    "change.intro": (
        "All your other browsers and apps are signed out when you change it.",
        "Al cambiarla se cierran todas sus demás sesiones, también en las aplicaciones.",
    ),
    "change.present": ("Present password", "Contraseña actual"),
    "change.submit": ("Change password", "Cambiar contraseña"),
    "change.wrong": ("This is not your present password.", "Esta no es su contraseña actual."),
    "change.none": (
        "You sign in without a password here. Change it where you sign in.",
        "Aquí entra sin contraseña. Cámbiela donde inicia la sesión.",
    ),
    "change.done": (
        "Your password is changed. All your other browsers and apps are signed out.",
        "Su contraseña ha cambiado. Se cerraron todas sus demás sesiones, también en las aplicaciones.",
    ),
    "changed.subject": ("Your password at Evenkeel was changed", "Su contraseña en Evenkeel ha cambiado"),
    "changed.text": (
        (
            "The password of your account at {district} was changed just now, by somebody who knew the one before.\n\n"
            "If it was you, there is nothing to do. If it was not, tell your district's office at once.\n"
        ),
        (
            "La contraseña de su cuenta en {district} se cambió ahora mismo; quien lo hizo conocía la anterior.\n\n"
            "Si fue usted, no tiene que hacer nada. Si no, avise enseguida a la oficina de su distrito.\n"
        ),
    ),
    "renew.title": ("Use another authenticator app", "Usar otra aplicación de autenticación"),
    "renew.intro": (
        (
            "Scan this picture with the new app, or type the key into it. Then type a code of each app. "
            "All your other browsers and apps are signed out."
        ),
        (
            "Escanee esta imagen con la aplicación nueva o escriba en ella la clave. Luego escriba un código de cada "
            "aplicación. Se cerrarán todas sus demás sesiones."
        ),
    ),
    "renew.old": ("Code of your present app", "Código de su aplicación actual"),
    "renew.old.hint": ("Or one of your recovery codes.", "O uno de sus códigos de recuperación."),
    "renew.new": ("Code of the new app", "Código de la aplicación nueva"),
    "second.wrong": (
        "This code does not fit. Wait for the next one, and check that the clock of your phone is right.",
        "Este código no es correcto. Espere al siguiente y compruebe que el reloj de su teléfono va bien.",
    ),
    "renew.none": (
        "You have no second step to renew. You can set one up.",
        "No tiene un segundo paso que renovar. Puede configurar uno.",
    ),
    "out": ("Sign out", "Salir"),
    "out.title": ("You are signed out", "Ha salido"),
    "out.intro": ("You can close this window.", "Puede cerrar esta ventana."),
}


def said(language: str, key: str, **values: object) -> str:
    """The sentence ``key`` in ``language``."""
    return WORDS[key][list(LANGUAGES).index(language)].format(**values)


def language_of(accepted: str) -> str:
    """The language of an Accept-Language header that is liked best and spoken here; else the first."""
    liked: list[tuple[float, str]] = []
    for part in accepted[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        tag = name.strip().lower().split("-")[0]
        try:
            liked.append((float(weight or 1), tag))
        except ValueError:
            continue
    known = [(weight, tag) for weight, tag in liked if tag in LANGUAGES and weight > 0]
    return max(known, key=lambda found: found[0])[1] if known else next(iter(LANGUAGES))
