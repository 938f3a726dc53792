"""The menu: a row of groups, the pages of the open one below it, and nothing that its reader may not open."""

import re

from backend.console.menus import EVERYBODY, MENU, pages
from tests.console.desk import Desk


def test_no_row_of_a_menu_is_longer_than_a_reader_takes_in() -> None:
    for role in EVERYBODY:
        assert 1 <= len(MENU[role]) <= 7, role
        assert all(len(group) <= 5 for _, group in MENU[role]), role


def test_a_page_stands_once_in_a_menu() -> None:
    for role in EVERYBODY:
        addresses = [address for address, _ in pages(role)]
        assert len(set(addresses)) == len(addresses), role


async def test_a_page_shows_its_group_its_neighbours_and_itself_as_the_open_one(busy: Desk) -> None:
    for who in EVERYBODY:
        browser = await busy.as_(who)
        for name, group in MENU[who]:
            for address, own in group:
                page = (await browser.get(address)).text
                menu = page.partition('aria-label="Pages"')[2].partition("</nav>")[0]
                opened = re.findall(r'href="([^"]+)" aria-current="true">([^<]+)<', menu)
                assert opened[0] == (group[0][0], name if len(group) > 1 else own), (who, address)
                assert opened[1:] == ([(address, own)] if len(group) > 1 else []), (who, address)
                assert all(f'href="{other}"' in menu for other, _ in group), (who, address)
