"""The phone app as it is served: small, strict about what it loads, and speaking each of its languages fully."""

import json
import re
from typing import Any

import httpx
import pytest

from mobile_api.app_files import FOLDER, app

LARGEST = 150 * 1024
"""Bytes, compressed, of everything that the first use loads."""
MODULES = sorted((FOLDER / "js").rglob("*.js"))
CATALOGUES = {
    path.stem: json.loads(path.read_text()) for path in sorted((FOLDER / "messages").glob("*.json"))
}
FORMS = re.compile(r"\.(zero|one|two|few|many|other)$")


def names(catalogue: dict[str, str]) -> set[str]:
    return {FORMS.sub("", name) for name in catalogue}


async def test_the_page_loads_its_own_files_alone_and_runs_nothing_inline(http: httpx.AsyncClient) -> None:
    page = await http.get("/app/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]* src=)|<style|style=|\bon\w+=", page.text) == []
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for address in re.findall(r'(?:href|src)="([^"]+)"', page.text):
        answer = await http.get(address)
        assert answer.status_code == 200, address
        kind = answer.headers["Content-Type"]
        assert kind.count("charset") == kind.startswith("text/"), address


async def test_the_address_without_its_slash_leads_to_where_the_worker_watches(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/app")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/app/")


async def test_the_worker_keeps_every_file_of_its_version(http: httpx.AsyncClient) -> None:
    worker = (await http.get("/app/sw.js")).text
    files = json.loads(re.findall(r"const FILES = (\[.*?\]);", worker, re.DOTALL)[0])
    kept = {address.removeprefix(f"/app/{app().version}/") for address in files}
    assert kept == {
        name for name in app().files if name not in ("index.html", "sw.js", "manifest.webmanifest")
    } | {"/app/"}
    for address in files:
        answer = await http.get(address)
        assert answer.status_code == 200, address
        fixed = address != "/app/"
        assert ("immutable" in answer.headers["Cache-Control"]) == fixed


async def test_a_file_of_another_version_and_one_outside_are_unknown(http: httpx.AsyncClient) -> None:
    for address in ("/app/0000000000000000/app.css", f"/app/{app().version}/../routes.py", "/app/x/y/z"):
        assert (await http.get(address)).status_code == 404, address


async def test_the_manifest_makes_it_installable(http: httpx.AsyncClient) -> None:
    manifest: dict[str, Any] = (await http.get("/app/manifest.webmanifest")).json()
    assert (manifest["start_url"], manifest["display"]) == ("/app/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}


async def test_files_are_sent_compressed_to_whoever_takes_that(http: httpx.AsyncClient) -> None:
    style = f"/app/{app().version}/app.css"
    plain = await http.get(style, headers={"Accept-Encoding": "identity"})
    zipped = await http.get(style, headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in plain.headers, zipped.headers["Content-Encoding"]) == (False, "gzip")
    assert plain.content == zipped.content == (FOLDER / "app.css").read_bytes()


def test_the_whole_app_is_small() -> None:
    assert sum(len(file.gzipped) for file in app().files.values()) < LARGEST


def test_no_module_is_long() -> None:
    assert [path.name for path in MODULES if len(path.read_text().splitlines()) > 500] == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_language_has_every_sentence_with_the_same_parts(language: str) -> None:
    english, other = CATALOGUES["en"], CATALOGUES[language]
    assert names(other) == names(english)
    assert [name for name, words in other.items() if not words.strip()] == []
    for name in names(english):
        wanted = {
            part for key, words in english.items() if FORMS.sub("", key) == name for part in parts(words)
        }
        given = {part for key, words in other.items() if FORMS.sub("", key) == name for part in parts(words)}
        assert given == wanted, name


def test_welsh_has_a_form_for_every_number_that_changes_the_word_behind_it() -> None:
    forms = ("zero", "one", "two", "few", "many", "other")
    counted = {name.removesuffix(".one") for name in CATALOGUES["en"] if name.endswith(".one")}
    assert len(counted) >= 4
    assert [
        f"{name}.{form}" for name in counted for form in forms if f"{name}.{form}" not in CATALOGUES["cy"]
    ] == []


def parts(words: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", words)


def test_every_sentence_that_the_app_asks_for_is_there_and_none_is_idle() -> None:
    code = "\n".join(path.read_text() for path in MODULES)
    known = names(CATALOGUES["en"])
    asked = set(re.findall(r'"(\w+)"', code))
    stems = set(re.findall(r"`(\w+_)\$\{", code)) | {f"{name}_" for name in asked if f"{name}_1" in known}
    said_outright = set(re.findall(r'\bt\(\s*"(\w+)"', code))
    assert said_outright - known == set()
    assert {name for name in known - asked if not any(name.startswith(stem) for stem in stems)} == set()


IMPORT = re.compile(r'import (?:\* as (\w+)|\{ ([^}]*) \}) from "([^"]+)";')
EXPORT = re.compile(r"export (?:async )?(?:function|const|class|let) (\w+)")


def test_modules_import_what_is_there_and_use_all_of_it() -> None:
    """No compiler looks over these modules: a misspelt name would be found by a carer."""
    wrong = []
    for path in MODULES:
        code = path.read_text()
        for whole, some, module in IMPORT.findall(code):
            target = (path.parent / module).resolve().read_text()
            for name in [whole] if whole else [part.strip() for part in some.split(",")]:
                real, _, local = name.partition(" as ")
                if not whole and real not in EXPORT.findall(target):
                    wrong.append(f"{path.name}: {real} is not in {module}")
                if len(re.findall(rf"\b{local or real}\b", code)) < 2:
                    wrong.append(f"{path.name}: {local or real} is not used")
    assert wrong == []


def test_nothing_is_exported_that_nobody_imports() -> None:
    imported = {
        name.partition(" as ")[0].strip()
        for path in MODULES
        for _, some, _ in IMPORT.findall(path.read_text())
        for name in some.split(",")
    }
    idle = {name for path in MODULES for name in EXPORT.findall(path.read_text())} - imported
    assert idle == {"show"}
