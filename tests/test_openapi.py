"""The reviewed OpenAPI document is the one that is served."""

import json
from pathlib import Path

import httpx

REVIEWED = Path(__file__).parents[1] / "schemas" / "openapi.json"


async def test_the_reviewed_document_is_the_one_served(http: httpx.AsyncClient) -> None:
    """When this fails: run scripts/openapi and look at what changed."""
    served = (await http.get("/schema/openapi.json")).json()
    assert served == json.loads(REVIEWED.read_text())


async def test_every_call_that_takes_something_says_what(http: httpx.AsyncClient) -> None:
    served = (await http.get("/schema/openapi.json")).json()
    bare = [
        path
        for path, methods in served["paths"].items()
        if "post" in methods and "requestBody" not in methods["post"]
    ]
    assert bare == []
    load = served["paths"]["/api/v1/load/{kind}"]["post"]
    assert load["requestBody"]["content"].keys() >= {"text/csv", "application/json"}
    asked = {each["name"] for each in load["parameters"] if each["in"] == "query"}
    assert asked == {"dry_run", "complete", "template", "provider", "paid_on", "run"}
    assert served["paths"]["/mobile/v1/events/raw"]["post"]["requestBody"]["content"].keys() == {"*/*"}


async def test_every_operation_has_an_id_of_its_own_and_a_summary(http: httpx.AsyncClient) -> None:
    served = (await http.get("/schema/openapi.json")).json()
    operations = [operation for path in served["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert [operation for operation in operations if not operation.get("summary")] == []
