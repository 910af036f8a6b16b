"""`ccdialer client`: imported, found, shown, corrected, exported and imported again."""

from __future__ import annotations

from tests.cli.prompt import Prompt

CLIENTS = (
    "phone;id;name;kind;stage;owner;city;contact;contact_phone;post;orders;orders_sum;issued;"
    "issued_sum;paid;paid_sum;currency;deal_id;deal;deal_stage;deal_amount;deal_currency;Сайт\n"
    "8 916 123-45-67;A;Ольга;person;new;anna;Омск;;;;2;1500.50;2;3000;1;1000;RUB;D1;Roof;offer;"
    "99.5;RUB;\n"
    "84951234567;B;Acme;company;;;;Pavel;89161234568;boss;;;;;;;;;;;;;acme.ru\n"
    ";B;;;;;;Rita;;;;;;;;;;D2;Floor;won;;;\n"
)


def filled(prompt: Prompt) -> Prompt:
    prompt.import_agents()
    prompt.run("client", "import", str(prompt.file("clients.csv", CLIENTS)))
    return prompt


def names(prompt: Prompt, *words: str) -> list[str]:
    return [row["name"] for row in prompt.json("client", "find", *words)]


def test_import_twice(prompt: Prompt) -> None:
    prompt.import_agents()
    path = prompt.file("clients.csv", CLIENTS)
    told = prompt.run("client", "import", str(path))
    assert "3 rows" in told.stdout
    assert "3 accepted, 0 duplicates, 0 rejected\n2 clients created, 1 changes\n" in told.stdout
    again = prompt.json("client", "import", str(path), "--project", "sales")
    assert (again["accepted"], again["duplicates"], again["created"]) == (0, 3, 0)
    useless = prompt.file("useless.csv", "phone\n12\n")
    prompt.run("client", "import", str(useless), code=1)


def test_find(prompt: Prompt) -> None:
    filled(prompt)
    assert names(prompt) == ["Ольга", "Acme"]
    assert names(prompt, "8 (916) 123-45-68") == names(prompt, "acm") == ["Acme"]
    assert names(prompt, "--stage", "new", "--owner", "anna", "--project", "sales") == ["Ольга"]
    assert names(prompt, "--kind", "company") == ["Acme"]
    assert "these are the first 1" in prompt.run("client", "find", "--limit", "1").stderr
    assert prompt.run("client", "find", "nobody", code=1).stderr == "clients: none\n"
    assert 'no project "x"' in prompt.run("client", "find", "--project", "x", code=1).stderr


def test_show_tells_the_side_panel(prompt: Prompt) -> None:
    filled(prompt)
    prompt.run("client", "set", "1", "stage=paid")
    told = prompt.run("client", "show", "8 916 123-45-67").stdout
    for words in ("orders           2, 1 500.50 RUB", "invoices issued  2, 3 000.00 RUB"):
        assert words in told
    for words in ("invoices paid    1, 1 000.00 RUB", "Roof", "stage new -> paid", "card date"):
        assert words in told
    page = prompt.json("client", "show", "1")
    assert page["business"][0] | {"what": ""} == {
        **{"what": "", "currency": "RUB"},
        **{"count": 2, "amount": "3000"},
    }
    assert page["deals"][0]["title"] == "Roof"
    assert page["history"][0]["outcome"] == "stage new -> paid"
    company = prompt.run("client", "show", "2").stdout
    assert "Pavel, boss, +79161234568" in company
    assert "acme.ru" in company


def test_set(prompt: Prompt) -> None:
    filled(prompt)
    pairs = ("stage=won", "owner=boris", "name=Ольга К.", "field.size=XL", "phone=89991234567")
    told = prompt.run("client", "set", "1", *pairs)
    assert told.stdout == ("client 1: changed name, stage, owner, field.size, phone +79991234567\n")
    assert prompt.run("client", "set", "89991234567", "stage=won").stdout == "client 1: as it was\n"
    found = prompt.json("client", "show", "1")
    assert (found["owner"], found["fields"]) == ("boris", {"size": "XL"})
    prompt.run("client", "set", "1", "owner=", "field.size=")
    found = prompt.json("client", "show", "1")
    assert (found["owner"], found["fields"]) == (None, {})
    assert "1 numbers taken away" in prompt.run("client", "forget", "1", "89991234567").stdout
    prompt.run("client", "forget", "1", "89991234567", code=1)


def test_what_cannot_be_set_is_said_and_nothing_is(prompt: Prompt) -> None:
    filled(prompt)
    wrong = {
        "stge=won": 'there is no "stge"; did you mean stage?',
        "colour=red": "or field.NAME",
        "stage": '"stage" is not WHAT=VALUE: stage=paid',
        "kind=dog": '"dog" is neither person nor company',
        "phone=12": '"12" is not a phone number',
    }
    for pair, sentence in wrong.items():
        assert sentence in prompt.run("client", "set", "1", "city=Tver", pair, code=2).stderr
    assert 'login "zoe"' in prompt.run("client", "set", "1", "owner=zoe", code=1).stderr
    assert 'id "B" already' in prompt.run("client", "set", "1", "id=B", code=1).stderr
    assert "no client 9" in prompt.run("client", "set", "9", "city=Tver", code=1).stderr
    assert prompt.json("client", "show", "1")["city"] == "Омск"


def test_contact(prompt: Prompt) -> None:
    filled(prompt)
    added = prompt.run("client", "contact", "2", "Zoya", "--phone", "89990000001")
    assert added.stdout == "client 2: Zoya is a contact person now\n"
    assert names(prompt, "89990000001") == ["Acme"]
    changed = prompt.run("client", "contact", "2", "Zoya", "--post", "clerk").stdout
    assert changed == "client 2: Zoya is changed\n"
    assert "removed" in prompt.run("client", "contact", "2", "Zoya", "--remove").stdout
    prompt.run("client", "find", "89990000001", code=1)
    assert "is empty" in prompt.run("client", "contact", "2", " ", code=2).stderr


def test_an_export_is_imported_as_it_was(prompt: Prompt) -> None:
    filled(prompt)
    prompt.run("client", "deal", "add", "2", "title=Wall", "amount=5", "currency=RUB")
    text = prompt.run("client", "export").stdout
    again = prompt.json("client", "import", str(prompt.file("again.csv", text)))
    assert (again["accepted"], again["rejected"]) == (0, 0), again["remarks"]
    before = [prompt.json("client", "show", str(n)) for n in (1, 2)]
    with prompt.database() as database:
        for table in ("deal", "client_business", "client_number", "client_contact", "client"):
            database.run(f"DELETE FROM {table}")
    prompt.run("client", "import", str(prompt.file("again.csv", text)))
    found = [row["id"] for row in prompt.json("client", "find")]
    after = [prompt.json("client", "show", str(n)) for n in found]
    same = ("name", "kind", "stage", "owner", "city", "fields", "business", "created_at", "note")
    assert [{k: page[k] for k in same} for page in after] == [
        {k: page[k] for k in same} for page in before
    ]
    deals = ("source_id", "title", "stage", "amount", "currency")
    assert [sorted([d[k] or "" for k in deals] for d in page["deals"]) for page in after] == [
        sorted([d[k] or "" for k in deals] for d in page["deals"]) for page in before
    ]
    numbers = [sorted(n["e164"] for n in page["numbers"]) for page in after]
    assert numbers == [["+79161234567"], ["+74951234567", "+79161234568"]]
    assert [c["name"] for c in after[1]["contacts"]] == ["Pavel", "Rita"]
    saved = prompt.folder / "all.xlsx"
    prompt.run("client", "export", "--output", str(saved))
    assert saved.stat().st_size > 1000
