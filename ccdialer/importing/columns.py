"""Which column of a file is what: known headers in English and Russian, or what the caller says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccdialer.errors import UnreadableFile

MAX_NUMBERS = 5

TASK_HEADERS: dict[str, tuple[str, ...]] = {
    "phone": (
        "phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "cell", "number",
        "msisdn", "contact phone", "телефон", "тел", "номер", "номер телефона", "мобильный",
        "мобильный телефон", "сотовый", "сотовый телефон", "моб", "моб телефон",
        "контактный телефон", "телефон клиента", "номер клиента",
    ),
    "external_id": (
        "external id", "id", "client id", "customer id", "crm id", "lead id", "ид", "код",
        "код клиента", "id клиента", "внешний id", "внешний код",
    ),
    "name": (
        "name", "full name", "client", "client name", "customer", "fio", "фио", "ф и о", "имя",
        "клиент", "имя клиента", "фио клиента",
    ),
    "priority": ("priority", "приоритет"),
    "due": (
        "due", "due at", "due date", "not before", "call at", "call after", "call date",
        "дата звонка", "время звонка", "не раньше", "звонить после", "дата и время звонка",
    ),
    "zone": (
        "zone", "time zone", "timezone", "tz", "часовой пояс", "таймзона", "тайм зона",
        "часовая зона",
    ),
}  # fmt: skip
"""What a header may be, in lower case without punctuation; a digit 1 to 5 may follow a phone."""

AGENT_HEADERS: dict[str, tuple[str, ...]] = {
    "login": ("login", "user", "username", "логин"),
    "name": ("name", "full name", "имя", "фио"),
    "phone": ("phone", "extension", "ext", "телефон", "внутренний номер", "номер"),
    "kept_up": ("kept up", "nailed up", "на линии"),
    "projects": ("projects", "project", "проекты", "проект"),
    "groups": ("groups", "group", "группы", "группа"),
}

DNC_HEADERS: dict[str, tuple[str, ...]] = {
    "phone": (*TASK_HEADERS["phone"], "e164"),
    "reason": ("reason", "note", "comment", "причина", "основание", "комментарий"),
    "until": ("until", "until at", "valid until", "expires", "до", "действует до"),
}


CALLBACK_HEADERS: dict[str, tuple[str, ...]] = {
    **TASK_HEADERS,
    "due": (*TASK_HEADERS["due"], "callback at", "call back at", "перезвонить", "перезвон"),
    "owner": ("owner", "agent", "responsible", "владелец", "ответственный", "оператор"),
    "group": ("group", "owner group", "группа"),
}
"""A list of callbacks has two columns more: the login of the agent, or the name of the group."""

CLIENT_HEADERS: dict[str, tuple[str, ...]] = {
    "contact_phone": ("contact phone", "phone of contact", "телефон контактного лица"),
    "phone": TASK_HEADERS["phone"],
    "source_id": (*TASK_HEADERS["external_id"], "source id"),
    "name": (*TASK_HEADERS["name"], "company", "company name", "компания", "название"),
    "kind": ("kind", "type", "client type", "тип", "тип клиента", "вид"),
    "stage": ("stage", "status", "client stage", "стадия", "этап", "статус"),
    "pipeline": ("pipeline", "funnel", "воронка"),
    "owner": CALLBACK_HEADERS["owner"],
    "city": ("city", "town", "город"),
    "channel": ("channel", "ad channel", "source", "канал", "рекламный канал", "источник"),
    "note": ("note", "comment", "remark", "примечание", "комментарий", "заметка"),
    "created": ("created", "created at", "card date", "дата карточки", "дата создания", "создан"),
    "contact": ("contact", "contact person", "contact name", "контакт", "контактное лицо"),
    "post": ("post", "job title", "position", "должность"),
    "orders": ("orders", "orders count", "number of orders", "заказы", "заказов"),
    "orders_sum": ("orders sum", "orders amount", "сумма заказов"),
    "issued": ("issued", "invoices", "invoices issued", "счета", "выставлено счетов"),
    "issued_sum": ("issued sum", "invoices sum", "сумма счетов", "сумма выставленных счетов"),
    "paid": ("paid", "invoices paid", "оплачено счетов"),
    "paid_sum": ("paid sum", "paid amount", "оплачено", "сумма оплаченных счетов"),
    "currency": ("currency", "валюта"),
    "deal_id": ("deal id", "код сделки", "id сделки", "номер сделки"),
    "deal": ("deal", "deal title", "deal name", "сделка", "название сделки"),
    "deal_stage": ("deal stage", "стадия сделки", "этап сделки", "статус сделки"),
    "deal_pipeline": ("deal pipeline", "воронка сделки"),
    "deal_owner": ("deal owner", "ответственный за сделку"),
    "deal_amount": ("deal amount", "deal sum", "сумма сделки"),
    "deal_currency": ("deal currency", "валюта сделки"),
    "deal_closed": ("deal closed", "сделка закрыта"),
}
"""What of a client is known by its header; a column that is not is a field of his."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row, from 0."""

    places: dict[str, int]  # what -> column, for everything but numbers and details
    numbers: tuple[int, ...] = ()
    details: tuple[tuple[str, int], ...] = ()
    width: int = 0  # cells in a full row
    taken_for: dict[str, str] = field(default_factory=dict)  # header -> what it was taken for


def kind_of(header: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """What a header means: `phone` for "Тел. 2"; None: it is not known."""
    words = " ".join(re.sub(r"[\W_]+", " ", header.lower().replace("ё", "е")).split())
    bare = re.sub(r" ?[1-5]$", "", words)
    for kind, names in known.items():
        if words in names or (kind == "phone" and bare in names):
            return kind
    return None


def task_columns(
    file: str,
    header: Sequence[str],
    mapping: Mapping[str, str],
    known: Mapping[str, Sequence[str]] = TASK_HEADERS,
) -> Columns:
    """Columns of tasks. `mapping`, such as {"phone": "Contact"}, goes before what is recognised.

    Raises UnreadableFile if no column has phone numbers, or the mapping names a column that is not
    there.
    """
    single = frozenset(known) & _SINGLE
    found = _columns(header, _kinds(file, header, mapping, (known, single)), single, bool(mapping))
    if not found.numbers:
        raise UnreadableFile(
            f"{file}: no column with phone numbers among {', '.join(header)};"
            " name it: --map phone=COLUMN; nothing was imported"
        )
    return found


_SINGLE = frozenset(("external_id", "priority", "due", "owner", "group", "zone"))


def client_columns(file: str, header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Columns of clients, likewise; their fields are the details. Raises UnreadableFile if neither
    numbers nor ids tell whom a row is about."""
    single = frozenset(CLIENT_HEADERS) - {"phone"}
    kinds = _kinds(file, header, mapping, (CLIENT_HEADERS, single))
    found = _columns(header, kinds, single, bool(mapping))
    if not (found.numbers or {"source_id", "contact_phone"} & found.places.keys()):
        raise UnreadableFile(
            f"{file}: no column with phone numbers or ids among {', '.join(header)};"
            " name it: --map phone=COLUMN or --map source_id=COLUMN; nothing was imported"
        )
    return found


def _columns(
    header: Sequence[str], kinds: Mapping[int, str], single: frozenset[str], is_mapped: bool
) -> Columns:
    numbers = [place for place, kind in kinds.items() if _is_phone(kind)]
    if is_mapped:  # phone1 before phone2, wherever they stand
        numbers.sort(key=lambda place: kinds[place])
    places = {kind: place for place, kind in kinds.items() if kind in single}
    details = _details(kinds, numbers, places)
    taken = {header[place]: "phone" if place in numbers else kinds[place] for place in kinds}
    return Columns(places, tuple(numbers), details, len(header), taken)


def _is_phone(kind: str) -> bool:
    return re.fullmatch(r"phone[1-5]?", kind) is not None


def _kinds(
    file: str,
    header: Sequence[str],
    mapping: Mapping[str, str],
    meant: tuple[Mapping[str, Sequence[str]], frozenset[str]],
) -> dict[int, str]:
    """What every column is, by its place; an unknown header stands for itself. `meant`: the headers
    that are known, and the kinds that only one column can be of."""
    known, single = meant
    kinds: dict[int, str] = {}
    for kind, wanted in mapping.items():
        kinds[_place_of(file, header, wanted)] = kind
    mapped = {"phone" if _is_phone(kind) else kind for kind in mapping}
    for place, name in enumerate(header):
        kind = kind_of(name, known) or name or f"column {place + 1}"
        repeated = kind in mapped or (kind in single and kind in kinds.values())
        kinds.setdefault(place, name if repeated else kind)
    return dict(sorted(kinds.items()))


def _place_of(file: str, header: Sequence[str], wanted: str) -> int:
    """The place of a column by its header, or by its number from 1."""
    folded = [name.strip().lower() for name in header]
    if wanted.strip().lower() in folded:
        return folded.index(wanted.strip().lower())
    if wanted.isdecimal() and 1 <= int(wanted) <= len(header):
        return int(wanted) - 1
    close = difflib.get_close_matches(wanted.lower(), folded, 1, 0.5)
    hint = f"did you mean {header[folded.index(close[0])]}?" if close else ", ".join(header)
    raise UnreadableFile(f'{file}: there is no column "{wanted}"; {hint}; nothing was imported')


def _details(
    kinds: Mapping[int, str], numbers: Sequence[int], places: Mapping[str, int]
) -> tuple[tuple[str, int], ...]:
    """The other columns by their header; headers that are there twice get a number."""
    details: dict[str, int] = {}
    for place, kind in kinds.items():
        if place not in numbers and place not in places.values():
            name, copy = kind, 2
            while name in details:
                name, copy = f"{kind} {copy}", copy + 1
            details[name] = place
    return tuple(details.items())


def bare_columns(is_number: Sequence[bool]) -> Columns:
    """Columns of tasks without a header: those that hold a number in the first row, and details."""
    numbers = tuple(place for place, found in enumerate(is_number) if found)
    others = (place for place, found in enumerate(is_number) if not found)
    details = tuple((f"column {place + 1}", place) for place in others)
    taken = {f"column {place + 1}": "phone" for place in numbers} | {key: key for key, _ in details}
    return Columns({}, numbers, details, len(is_number), taken)


def agent_columns(file: str, header: Sequence[str]) -> Columns:
    """Columns of agents; raises UnreadableFile if `login` or `phone` is not there."""
    kinds = [kind_of(name, AGENT_HEADERS) for name in header]
    places = {kind: place for place, kind in reversed(list(enumerate(kinds))) if kind}
    missing = [kind for kind in ("login", "phone") if kind not in places]
    if missing:
        raise UnreadableFile(
            f"{file}: no column {' and '.join(missing)} among {', '.join(header)}; nothing was"
            " imported; the columns of agents are: login, name, phone, kept_up, projects,"
            " groups"
        )
    taken = {header[place]: kind for kind, place in places.items()}
    return Columns(places, taken_for=taken)
