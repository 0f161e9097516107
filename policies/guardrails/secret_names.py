"""Names that say their value is a secret, and values that are one.

A name is taken apart into words: `DB_PASSWORD`, `db.password`, `dbPassword` and `--db-password` are the same. Its last
words decide, so that `PASSWORD_FILE`, `TOKEN_URL` and `--node-key-type` are none. Some names are only ambiguous:
`TLS_SECRET` may be the name of a Secret and `NATIVE_TOKEN` a currency, so that their value must look generated.

Substrate's own are among them: `--node-key` takes the secret key of a node's identity and `--suri` a seed phrase
(node_key_params.rs and utils of sc-cli in polkadot-sdk). Derivations of its public development phrase, such as
`//Alice`, are no secret.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

from guardrails.secret_forms import is_reference

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_PLAIN: Final = ("password", "passwd", "passphrase", "mnemonic", "suri")
"""Ends of a name's last word, since `PGPASSWORD` is a password too."""
_PAIRS: Final = frozenset(
    f"{first} {second}"
    for firsts, seconds in (
        ("access api auth bearer bot client deploy github gitlab id personal refresh session slack vault", "token"),
        ("api app auth client consumer hmac jwt session shared signing webhook", "secret"),
        ("access account api auth encryption hmac jwt master node private secret session signing ssh", "key"),
        ("recovery secret seed", "phrase"),
        ("db mysql redis", "pwd"),
        ("secret", "seed"),
    )
    for first in firsts.split()
    for second in seconds.split()
)
_JOINED: Final = {pair.replace(" ", ""): pair for pair in _PAIRS}
_AMBIGUOUS: Final = frozenset({"credential", "credentials", "pwd", "secret", "seed", "token"})

_NO_SECRET: Final = re.compile(
    r"(?i:true|false|yes|no|on|off|null|none|nil|undefined|enabled|disabled|required|optional|string|text|prompt)"
    r"|(?:\.{0,2}|~)(?:/[\w.@-]+)+/?"  # a path
    r"|[a-z][a-z0-9+.-]*://.*"  # a URL: where it has a password, its form tells
    r"|//[A-Z][a-z]+(?://?\w+)*"  # //Alice of Substrate
    r"|projects/[^\s]+/(?:secrets|cryptoKeys)/.*|(?:vault|op|ref):.*",  # where it is kept
    re.DOTALL,
)
# `secretKey: admin-password`, or `authKey: id`, says where in a Secret or an object the value is; no key reads so.
_KEY_OF_A_SECRET: Final = re.compile(r"[a-z]+(?:[-_.][a-z]+)*", re.ASCII)
_GENERATED: Final = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=]{8,}", re.ASCII)
_SHORTEST_GENERATED: Final = 16

_NAME: Final = r"(?P<name>[A-Za-z][\w.-]{0,100})"
_VALUE: Final = r"(?![=~>-])(?:\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s\"',;&|)\]}]+))"
_ASSIGNMENTS: Final = (
    # --name=value, -Dname=value, NAME=value, ?name=value; not the inside of ${NAME:=value}.
    re.compile(rf"(?<![\w.$-])(?<!\$\{{)(?:-D|-{{0,2}}){_NAME}[\"']?[ \t]*=[ \t]*{_VALUE}", re.ASCII),
    re.compile(rf"(?<![\w-])--{_NAME}[ \t]+{_VALUE}", re.ASCII),
    # A key of YAML or JSON begins a line or an object; what stands before a colon elsewhere is prose.
    re.compile(rf"(?:^|[{{,])[ \t-]{{0,50}}[\"']?{_NAME}[\"']?[ \t]*:[ \t]*{_VALUE}", re.ASCII | re.MULTILINE),
)
# A bare value that a program works out, refers to by a tag or an anchor, or shows to people as a label.
_CODE: Final = re.compile(r".*[(\[<{$`\\].*|[!&*>%].*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_LABEL: Final = re.compile(r"[A-Z][a-z]+[:.!]?")


def secret_name(name: str, value: str) -> str | None:
    """What secret the value is by its name, such as `password` or `node key`. None where it is none.

    `name` is that of a variable, a key, or a flag with its dashes. References, paths and switches are no secrets.
    """
    words, is_certain = _meaning(name)
    if words.endswith(" key") and _KEY_OF_A_SECRET.fullmatch(value):
        return None
    if not words or is_reference(value) or _NO_SECRET.fullmatch(value) or not any(map(str.isalnum, value)):
        return None
    return words if is_certain or _looks_generated(value) else None


def secret_assigned(text: str) -> str | None:
    """What secret is given in a command line, a script or a file by its name. None where none is."""
    for match in chain.from_iterable(pattern.finditer(text) for pattern in _ASSIGNMENTS):
        name, bare = match["name"], match["bare"]
        value = bare or match["double"] or match["single"]
        is_code = bare and (_CODE.fullmatch(bare) or bare.lower() == name.lower())
        if not is_code and not _LABEL.fullmatch(value) and (words := secret_name(name, value)):
            return words
    return None


def _meaning(name: str) -> tuple[str, bool]:
    """The words that mean a secret, empty for none, and whether they always do."""
    words = [word.lower() for word in _WORD.findall(name)]
    # A number at the end only counts: PASSWORD_2.
    while words and words[-1].isdigit():
        words.pop()
    last, pair = " ".join(words[-1:]), " ".join(words[-2:])
    for plain in _PLAIN:
        if last.endswith(plain):
            return plain, True
    if pair in _PAIRS or last in _JOINED:
        return (pair if pair in _PAIRS else _JOINED[last]), True
    return (last, False) if last in _AMBIGUOUS else ("", False)


def _looks_generated(value: str) -> bool:
    parts = re.split(r"[-._/:]", value)
    return len(value) >= _SHORTEST_GENERATED and any(_GENERATED.fullmatch(part) for part in parts)
