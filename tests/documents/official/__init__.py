"""The official rules of e-invoices, which scripts/peppol-rules fetches: UBL 2.1 schemas, EN 16931, Peppol BIS Billing.

`python -m tests.documents.official` turns Peppol's Schematron into XSLT, once.
"""

import sys
from typing import Any

from lxml import etree

from tests.conftest import PEPPOL_RULES

_XSLT = {
    "EN 16931": "eInvoicing-EN16931/ubl/xslt/EN16931-UBL-validation.xslt",
    "Peppol": "peppol-bis-invoice-3/rules/sch/PEPPOL-EN16931-UBL.xslt",
}
_STEPS = ("include.xsl", "expand.xsl", "compile-for-svrl.xsl")
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Official:
    """All official rules, ready to be asked."""

    def __init__(self, saxon: Any) -> None:
        processor = saxon.new_xslt30_processor()
        self._saxon = saxon
        self._rules = {
            name: processor.compile_stylesheet(stylesheet_file=str(PEPPOL_RULES / path))
            for name, path in _XSLT.items()
        }
        schemas = PEPPOL_RULES / "validator-configuration-bis/resources/ubl/2.1/xsd/maindoc"
        self._schemas = {
            kind: etree.XMLSchema(etree.parse(schemas / f"UBL-{kind}-2.1.xsd"))
            for kind in ("Invoice", "CreditNote")
        }

    def findings(self, content: bytes) -> list[str]:
        """What the rules find, warnings too; and a fault if one set of rules had nothing to look at."""
        document = etree.fromstring(content)
        schema = self._schemas[etree.QName(document).localname]
        found = [] if schema.validate(document) else [str(error) for error in schema.error_log]
        node = self._saxon.parse_xml(xml_text=content.decode())
        for name, rules in self._rules.items():
            report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
            if report.find(f"{_SVRL}fired-rule") is None:
                found.append(f"{name}: no rule looked at the document")
            for fault in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
                found.append(f"{name} {fault.get('id')}: {' '.join(''.join(fault.itertext()).split())}")
        return found


def processor() -> Any:
    """The XSLT processor, which scripts/peppol-rules put beside the rules."""
    sys.path.append(str(PEPPOL_RULES / "python"))
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)


def compile_schematron() -> None:
    """Peppol's Schematron as XSLT, by SchXslt's three steps."""
    steps = PEPPOL_RULES / "schxslt/core/src/main/resources/xslt/2.0"
    target = PEPPOL_RULES / _XSLT["Peppol"]
    with processor() as saxon:
        source = target.with_suffix(".sch")
        for step in _STEPS:
            made = target if step == _STEPS[-1] else target.with_suffix(f".{step}")
            compiled = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(steps / step))
            compiled.transform_to_file(source_file=str(source), output_file=str(made))
            source = made
