"""Everything that will happen in a county, fixed by the seed before the first process starts."""

import json
from dataclasses import dataclass
from pathlib import Path

from backend.simulator.county import make_county
from backend.simulator.happenings import Happened, live
from backend.simulator.homes import read_postcodes
from backend.simulator.journal import Sending, write_journal
from backend.simulator.load_files import ORDER, county_files, pay_rows, write_files
from backend.simulator.model import County
from backend.simulator.office import Diary, write_diary
from backend.simulator.truth.whole import Received, Tested, receive, reckon_everybody, truth


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county, from which seed, and the file of real postcodes that its homes stand on, if any."""

    seed: int = 7
    carers: int = 60
    service_users: int = 240
    days: int = 14
    postcodes: Path | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A county, what happens there, what its phones send, what its offices do, and what the rules give."""

    county: County
    happened: Happened
    journal: tuple[Sending, ...]
    received: Received
    diary: Diary
    tested: tuple[Tested, ...]


def tell_story(size: Size) -> Story:
    """Make the county and live through it. The same size always tells the same story. Raises SetupFault."""
    postcodes = None if size.postcodes is None else read_postcodes(size.postcodes)
    county = make_county(size.seed, size.carers, size.service_users, size.days, postcodes)
    happened = live(county)
    journal = write_journal(county, happened)
    received = receive(county, journal)
    diary = write_diary(county, received)
    tested = tuple(reckon_everybody(county, received, diary.payslips))
    return Story(county, happened, journal, received, diary, tested)


def write_story(folder: Path, story: Story) -> None:
    """Write the county's files to load, numbered in their order, its payslips, and the truth."""
    files = county_files(story.county)
    numbered = {f"{number}-{name}": files[name] for number, name in enumerate(ORDER, start=1)}
    write_files(folder, {**numbered, f"{len(ORDER) + 1}-pay.csv": pay_rows(story.diary.payslips)})
    write_truth(folder, story)


def write_truth(folder: Path, story: Story) -> None:
    """Write truth.json: what the rules give on what phones sent, and what really happened."""
    whole = truth(story.county, story.happened, story.received, story.tested)
    (folder / "truth.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
