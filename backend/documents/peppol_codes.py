"""Electronic addresses on the Peppol network: `scheme:identifier`, such as 0088:5060012349998.

The schemes are those of the Electronic Address Scheme code list that rule PEPPOL-EN16931-CL008 of Peppol BIS Billing
3.0.19 (May 2025) accepts.
"""

from typing import Final

GLN: Final = "0088"
_LISTED: Final = (
    "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 "
    "0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 "
    "0212 0213 0215 0216 0217 0218 0221 0225 0230 0235 0240 9910 9913 9914 9915 9918 9919 9920 9922 9923 "
    "9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 "
    "9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959"
)
SCHEMES: Final = frozenset(_LISTED.split())
"""0088 is a GS1 location number (GLN), 9932 a VAT number of the United Kingdom, 0060 a D-U-N-S number."""
_EXAMPLE: Final = "such as 0088:5060012349998"


def address_fault(identifier: str | None) -> str | None:
    """What is wrong with an electronic address, in words to follow its owner's name; None if nothing is."""
    if not identifier:
        return f"has no Peppol identifier: load it with the organisation as scheme:number, {_EXAMPLE}"
    scheme, _, number = identifier.partition(":")
    if scheme not in SCHEMES or not number:
        return f"has the Peppol identifier {identifier}, which does not begin with a known scheme, {_EXAMPLE}"
    if scheme == GLN and not is_gln(number):
        return f"has the Peppol identifier {identifier}, whose location number has a wrong check digit"
    return None


def is_gln(number: str) -> bool:
    """Whether this is a GS1 location number with a right check digit (GS1 General Specifications, 7.9.1)."""
    if len(number) != 13 or not (number.isascii() and number.isdecimal()):
        return False
    digits = [int(digit) for digit in number]
    weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits[:-1]))
    return (weighted + digits[-1]) % 10 == 0
