from api.rest.examples import VISIT


async def test_a_pushed_observation_shows_in_the_profile(district):
    leader = await district.person("207267")
    answer = await district.http.post("/v1/observations", json=VISIT)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "created")
    scores = (await district.http.get(f"/v1/leaders/{leader}/profile")).json()["scores"]
    assert {s["responsibility"] for s in scores if s["evidence"] != "none"} == {"visibility", "focus"}
