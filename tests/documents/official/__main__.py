"""`python -m tests.documents.official` prepares the rules, as scripts/peppol-rules does; with folders it asks them.

Every e-invoice (`*.ubl.xml`) in the folders is held against the rules, those of a demonstration for example. Prints
what they find, and ends with exit status 1 if they find anything, or if there is nothing to ask about.
"""

import sys
from pathlib import Path

from tests.documents.official import Official, compile_schematron, processor


def asked(folders: list[str]) -> int:
    """How many findings there are, and how many documents; 1 as exit status unless all is well."""
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.ubl.xml"))
    count = 0
    with processor() as saxon:
        official = Official(saxon)
        for file in files:
            for finding in official.findings(file.read_bytes()):
                count += 1
                print(f"{file}: {finding}")
    print(f"{len(files)} e-invoices, {count} findings")
    return 1 if count or not files else 0


if sys.argv[1:]:
    sys.exit(asked(sys.argv[1:]))
compile_schematron()
