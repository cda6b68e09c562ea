"""PATCH /v1/threads/{id}, and the version that If-Match names."""

from pathlib import Path

from mcp_faces import serving
from rooms import Agent
from web.rest.test_rest_mailboxes import rest

from postroom.build import open_room


async def test_labels_and_metadata_are_patched(tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as face,
        rest(face) as web,
        open_room(face.settings, program="test") as room,
    ):
        ada = await Agent(room, "ada").open()
        sent = (await ada.send("Hello.", ada.address)).thread_id
        path = f"/v1/threads/{sent}"
        first = await web.patch(
            path, json={"addLabels": ["Open"], "metadata": {"step": {"at": 1, "of": 3}}}
        )
        assert first.status_code == 200, first.text
        assert first.headers["etag"] == '"1"'
        second = await web.patch(path, json={"metadata": {"step": {"of": None}}})
        assert second.json()["metadata"] == {"step": {"at": 1}}
        stale = await web.patch(path, json={"labels": []}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "thread_state_changed")
        fresh = await web.patch(
            path, json={"labels": [], "metadata": None}, headers={"If-Match": '"2"'}
        )
        assert fresh.json() == {"thread_id": sent, "labels": [], "metadata": {}, "version": 3}
        assert (await web.get(f"{path}/state")).json() == fresh.json()
        for body, tag, code in (
            ({"labels": ["a,b"]}, None, "label_malformed"),
            ({}, "three", "if_match_malformed"),
            ({"label": "a"}, None, "request_malformed"),
        ):
            headers = {"If-Match": tag} if tag else {}
            refused = await web.patch(path, json=body, headers=headers)
            assert refused.json()["code"] == code
        assert (await web.patch("/v1/threads/t_0000000000", json={})).status_code == 404
