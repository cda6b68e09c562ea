"""Entries in other programs' configuration: what was there is there afterwards."""

import json
import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cli.shell import Program

from postroom.cli.connect import toml_editing
from postroom.cli.connect.clients import CLIENTS, Client
from postroom.cli.connect.config_file import ConfigFile
from postroom.cli.connect.connecting import Outcome, put_in, take_out
from postroom.cli.connect.entry import (
    PATH,
    entry,
    is_ours,
    remote_entry,
    server_name,
    tools_at,
)
from postroom.cli.connect.folders import Folders
from postroom.cli.connect.json_editing import with_member, without_member
from postroom.cli.connect.jsonc import NotJson, parse
from postroom.model.errors import Conflict, InvalidRequest, PostroomError, Refused, Unavailable

ENTRY = {"command": "/x/.venv/bin/postroom", "args": ["mcp"], "env": {"POSTROOM_HOME": "/h"}}
DESKTOP, CODE, VSCODE = CLIENTS["claude-desktop"], CLIENTS["claude-code"], CLIENTS["vscode"]
CODEX = CLIENTS["codex"]

FS = '{"command": "npx", "args": ["-y", "fs"]}'

OTHERS = {
    "nothing": "",
    "an empty object": "{}",
    "an object over lines": "{\n}\n",
    "other settings": '{\n  "globalShortcut": "Ctrl+Space"\n}\n',
    "no servers": '{"mcpServers": {}}',
    "another server": f'{{\n  "mcpServers": {{\n    "fs": {FS}\n  }}\n}}\n',
    "four spaces": f'{{\n    "mcpServers": {{\n        "fs": {FS}\n    }}\n}}',
    "tabs": '{\n\t"mcpServers": {\n\t\t"fs": {\n\t\t\t"command": "npx"\n\t\t}\n\t},\n\t"a": 1\n}\n',
    "one line": '{"a": [1, 2.50, 1e3], "mcpServers": {"fs": {"command": "npx"}}, "b": null}',
    "Windows line ends": '{\r\n  "mcpServers": {\r\n    "fs": {"command": "npx"}\r\n  }\r\n}\r\n',
    "comments": (
        "// mine\n{\n  /* servers */\n  \"mcpServers\": {\n    // files\n"
        '    "fs": {"command": "npx"}, // keep\n    "web": {"command": "uvx"} // and this\n'
        "    // the end\n  } // servers\n}\n// bye\n"
    ),
    "trailing commas": '{\n  "mcpServers": {\n    "fs": {"command": "npx",},\n  },\n}\n',
    "comments alone": '{\n  "mcpServers": {\n    // nothing yet\n  }\n}\n',
    "braces in strings": '{"a": "}{,//", "mcpServers": {"x": {"command": "/*\\"*/"}}}',
    "another script": '{"mcpServers": {"größe": {"command": "日本"}}}',
}  # fmt: skip


def without_ours(text: str) -> Any:
    value = parse(text).value if text.strip() else {}
    servers = value.get("mcpServers", {})
    servers.pop("postroom", None)
    return {**value, "mcpServers": servers}


def comments_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if "//" in line or "/*" in line]


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_an_entry_is_put_in_and_everything_else_stays(text: str) -> None:
    new = with_member(text, "mcpServers", "postroom", ENTRY)
    value = parse(new).value
    assert value["mcpServers"]["postroom"] == ENTRY
    assert without_ours(new) == without_ours(text)
    for line in text.splitlines():
        if "fs" not in line and "web" not in line and line.strip() not in ("{}", ""):
            assert line in new or '"mcpServers"' in line or line in "{}"
    assert ("\r\n" in new) == ("\r\n" in text)
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in text


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_taken_out_again_the_file_says_what_it_said(text: str) -> None:
    put = with_member(text, "mcpServers", "postroom", ENTRY)
    taken = without_member(put, "mcpServers", "postroom")
    assert "postroom" not in taken
    assert without_ours(taken) == without_ours(text)
    for word in ("// mine", "// files", "// keep", "// and this", "// the end", "// bye"):
        assert (word in text) == (word in taken)


PLAIN = [OTHERS[name] for name in OTHERS if "comma" not in name and "comment" not in name]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_json_stays_plain_json(text: str) -> None:
    put = with_member(text, "mcpServers", "postroom", ENTRY)
    json.loads(put)
    json.loads(without_member(put, "mcpServers", "postroom"))


def test_an_entry_that_stands_first_or_between_is_taken_out() -> None:
    for names in (["postroom", "a"], ["a", "postroom", "b"], ["a", "postroom"]):
        servers = dict.fromkeys(names, ENTRY)
        text = json.dumps({"mcpServers": servers}, indent=2)
        left = json.loads(without_member(text, "mcpServers", "postroom"))
        assert list(left["mcpServers"]) == [name for name in names if name != "postroom"]


@pytest.mark.parametrize(
    "broken",
    [
        "{", "[", '{"a" 1}', '{"a": }', "{a: 1}", '{"a": 1', "{} {}", "null x", '{"a": 01}', "\x00",
        '{"a": "\n"}', '{"mcpServers": {"postroom": {}}', "/* never closed", '{"a": tru}',
        "[" * 100_000, '{"a": "\\x"}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_its_place(broken: str) -> None:
    with pytest.raises(NotJson, match=r"line \d+, column \d+"):
        parse(broken)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        '{"mcpServers": []}',
        '{"mcpServers": null}',
        '{"mcpServers": {}, "mcpServers": {}}',
        '{"mcpServers": {"postroom": {"command": "postroom", "args": ["mcp"]}, "postroom": {}}}',
        "{ not json",
    ],
)
def test_a_file_that_is_not_understood_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest, match="was left as it is"):
        put_in(DESKTOP, config(file), "postroom", ENTRY)
    with pytest.raises(InvalidRequest, match="was left as it is"):
        take_out(DESKTOP, config(file), "postroom")
    assert file.read_text("utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["config.json"]


TABLES = {
    "nothing": "",
    "other settings": 'model = "o5"  # the best\n',
    "no last line end": 'model = "o5"',
    "another server": '# mine\n[mcp_servers.fs]\ncommand = "npx"  # files\nargs = ["-y", "fs"]\n',
    "servers apart": (
        '[mcp_servers.fs]\ncommand = "npx"\n\n# how I work\n[profiles.p]\nmodel = "o5"\n\n'
        '# the web\n[mcp_servers.web]\ncommand = "uvx"\n# the end\n'
    ),
    "the table of servers itself": "[mcp_servers]\n# none yet\n",
    "Windows line ends": '# mine\r\n[mcp_servers.fs]\r\ncommand = "npx"\r\n',
    "a name that begins with ours": '[mcp_servers.postroom-ben]\ncommand = "postroom"\n',
    "what looks like a table": 'notes = """\n[mcp_servers.other]\n"""\n',
    "dates and numbers": "[a]\nb = 2026-11-28T09:00:00Z\nc = 1_000.50\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_table_is_put_in_and_everything_else_stays(text: str) -> None:
    new = toml_editing.with_member(text, "mcp_servers", "postroom", ENTRY)
    assert new.startswith(text)
    value = tomllib.loads(new)
    assert value["mcp_servers"].pop("postroom") == ENTRY
    assert {"mcp_servers": {}} | tomllib.loads(text) == value
    assert ("\r\n" in new) == ("\r\n" in text)
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in text


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_table_taken_out_again_leaves_the_file_as_it_was(text: str) -> None:
    put = toml_editing.with_member(text, "mcp_servers", "postroom", ENTRY)
    assert toml_editing.without_member(put, "mcp_servers", "postroom").strip() == text.strip()


OURS_BETWEEN = """\
# mine
[mcp_servers.fs]
command = "npx"

[mcp_servers . "postroom"]
command = "/old/postroom"
args = [
  "mcp",
]
# my own words
[mcp_servers.postroom.env]
POSTROOM_HOME = "/old"

# how I work
[profiles.p]
model = "o5"
"""


def test_a_table_between_others_is_replaced_in_its_place() -> None:
    new = toml_editing.with_member(OURS_BETWEEN, "mcp_servers", "postroom", ENTRY)
    value = tomllib.loads(new)
    assert list(value["mcp_servers"]) == ["fs", "postroom"]
    assert value["mcp_servers"]["postroom"] == ENTRY
    assert "/old" not in new
    assert comments(new) == comments(OURS_BETWEEN)


def test_a_table_between_others_is_taken_out_and_no_word_of_theirs() -> None:
    new = toml_editing.without_member(OURS_BETWEEN, "mcp_servers", "postroom")
    assert list(tomllib.loads(new)["mcp_servers"]) == ["fs"]
    assert comments(new) == comments(OURS_BETWEEN)
    assert "/old" not in new


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


@pytest.mark.parametrize(
    "text",
    [
        "mcp_servers = 3",
        "[[mcp_servers]]",
        "mcp_servers = { fs = { command = 'npx' } }",
        "mcp_servers = { postroom = { command = 'postroom', args = ['mcp'] } }",
        f"x = {'[' * 100_000}",
        "mcp_servers.postroom.command = 'postroom'\nmcp_servers.postroom.args = ['mcp']",
        "[mcp_servers.postroom]\ncommand = 'a'\n[mcp_servers.postroom]\ncommand = 'b'",
        "[mcp_servers.fs",
        '{"mcpServers": {}}',
    ],
)
def test_a_file_of_tables_that_is_not_understood_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest, match="was left as it is"):
        put_in(CODEX, config(file), "postroom", ENTRY)
    assert file.read_text("utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["config.toml"]


def test_what_cannot_be_taken_out_safely_is_left(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = "mcp_servers = { postroom = { command = 'postroom', args = ['mcp'] } }"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest, match="was left as it is"):
        take_out(CODEX, config(file), "postroom")
    assert file.read_text("utf-8") == text


SET_BY_A_PERSON = """\
[mcp_servers.postroom]
command = "/old/postroom"
args = ["mcp", "--agent", "default"]
startup_timeout_sec = 30
enabled = false

[mcp_servers.postroom.env]
POSTROOM_HOME = "/x"
EXTRA = "keep me"

[mcp_servers.postroom.tools.send_email]
approval_mode = "prompt"
"""


def test_what_a_person_has_set_in_the_entry_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(SET_BY_A_PERSON, encoding="utf-8")
    done = put_in(CODEX, config(file), "postroom", ENTRY)
    assert (done.what, done.led_to) == ("written", "/x")
    found = tomllib.loads(file.read_text("utf-8"))["mcp_servers"]["postroom"]
    assert found == {
        **ENTRY,
        "env": {"EXTRA": "keep me", "POSTROOM_HOME": "/h"},
        "startup_timeout_sec": 30,
        "enabled": False,
        "tools": {"send_email": {"approval_mode": "prompt"}},
    }
    assert put_in(CODEX, config(file), "postroom", ENTRY).what == "unchanged"
    remote = remote_entry(CODEX, REMOTE["codex"], "https://post.example.com/mcp")
    assert put_in(CODEX, config(file), "postroom", remote).what == "written"
    found = tomllib.loads(file.read_text("utf-8"))["mcp_servers"]["postroom"]
    assert found["tools"] == {"send_email": {"approval_mode": "prompt"}}
    assert not found.keys() & {"command", "args", "env"}


def test_another_programs_table_of_our_name_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = '[mcp_servers.postroom]\nurl = "http://127.0.0.1:8765/mcp"\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Conflict):
        put_in(CODEX, config(file), "postroom", ENTRY)
    with pytest.raises(Conflict):
        take_out(CODEX, config(file), "postroom")
    assert file.read_text("utf-8") == text


def config(path: Path) -> ConfigFile:
    return ConfigFile(path, lambda: 1_700_000_000.0)


def test_another_programs_entry_of_our_name_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    text = '{"mcpServers": {"postroom": {"command": "docker", "args": ["run", "postroom"]}}}'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Conflict):
        put_in(DESKTOP, config(file), "postroom", ENTRY)
    with pytest.raises(Conflict):
        take_out(DESKTOP, config(file), "postroom")
    assert file.read_text("utf-8") == text


def test_a_backup_is_left_and_the_mode_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"a": 1}', encoding="utf-8")
    file.chmod(0o600)
    first = put_in(DESKTOP, config(file), "postroom", ENTRY)
    assert first.backup is not None
    assert first.backup.read_text("utf-8") == '{"a": 1}'
    second = take_out(DESKTOP, config(file), "postroom")
    assert second.backup not in (None, first.backup)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    assert take_out(DESKTOP, config(file), "postroom").what == "absent"
    assert not file.exists()
    assert put_in(DESKTOP, config(file), "postroom", ENTRY) == Outcome("written", file)
    before = file.stat().st_mtime_ns
    assert put_in(DESKTOP, config(file), "postroom", ENTRY).what == "unchanged"
    assert file.stat().st_mtime_ns == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_leads_to_the_file_that_is_meant(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.json"
    real.write_text("{}", encoding="utf-8")
    link = tmp_path / "config.json"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("only on POSIX: links without a privilege")
    put_in(DESKTOP, config(link), "postroom", ENTRY)
    assert link.is_symlink()
    assert "postroom" in real.read_text("utf-8")


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    put_in(DESKTOP, config(file), "postroom", ENTRY)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf{")
    assert take_out(DESKTOP, config(file), "postroom").what == "removed"


def test_a_file_that_another_program_just_changed_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"a": 2}', encoding="utf-8")
    with pytest.raises(Unavailable) as raised:
        config(file).write('{"mine": 1}', instead_of='{"a": 1}')
    assert raised.value.code == "config_changed"
    assert file.read_text("utf-8") == '{"a": 2}'


def test_what_is_no_text_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(b"\xff\xfe{\x00}\x00")
    with pytest.raises(PostroomError):
        put_in(DESKTOP, config(file), "postroom", ENTRY)
    with pytest.raises(PostroomError):
        config(tmp_path).read()


POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files and limits")


@POSIX
def test_what_is_no_regular_file_is_refused_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "loop"):
        with pytest.raises(InvalidRequest) as raised:
            put_in(DESKTOP, config(tmp_path / name), "postroom", ENTRY)
        assert raised.value.code == "config_unreadable"


def test_a_file_that_its_owner_made_read_only_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"a": 1}', encoding="utf-8")
    file.chmod(0o444)
    with pytest.raises(Refused) as raised:
        put_in(DESKTOP, config(file), "postroom", ENTRY)
    assert raised.value.code == "config_read_only"
    assert file.read_text("utf-8") == '{"a": 1}'
    assert os.listdir(tmp_path) == ["config.json"]
    file.chmod(0o644)
    assert put_in(DESKTOP, config(file), "postroom", ENTRY).what == "written"


@POSIX
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    import resource

    file = tmp_path / "config.json"
    text = json.dumps({"a": "x" * 10_000})
    file.write_text(text, encoding="utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(Unavailable) as raised:
            put_in(DESKTOP, config(file), "postroom", ENTRY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert raised.value.code == "config_not_written"
    assert os.listdir(tmp_path) == ["config.json"]
    assert file.read_text("utf-8") == text


FILES = {
    "claude-desktop": "/home/p/conf/Claude/claude_desktop_config.json",
    "claude-code": "/home/p/.claude.json",
    "vscode": "/home/p/conf/Code/User/mcp.json",
    "cursor": "/home/p/.cursor/mcp.json",
    "codex": "/home/p/.codex/config.toml",
    "gemini-cli": "/home/p/.gemini/settings.json",
    "windsurf": "/home/p/.codeium/windsurf/mcp_config.json",
    "zed": "/home/p/.config/zed/settings.json",
}


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS.keys())
def test_each_client_has_its_file_below_the_persons_folders(client: Client) -> None:
    folders = Folders(
        home=Path("/home/p"), config=Path("/home/p/conf"), dot_config=Path("/home/p/.config")
    )
    found = client.file(folders, None)
    assert found is not None
    assert found.as_posix() == FILES[client.name]


def test_a_client_whose_folder_a_variable_names_has_its_file_there() -> None:
    named = {"CODEX_HOME": "/srv/codex", "CLAUDE_CONFIG_DIR": "/srv/claude"}
    folders = Folders(Path("/h"), Path("/h/c"), Path("/h/.config"), named=named)
    assert CODEX.file(folders, None) == Path("/srv/codex/config.toml")
    assert CODE.file(folders, None) == Path("/srv/claude/.claude.json")
    assert CODEX.file(folders, Path("/project")) == Path("/project/.codex/config.toml")
    assert DESKTOP.file(folders, None) == Path("/h/c/Claude/claude_desktop_config.json")


def test_a_client_that_is_a_windows_package_has_its_file_in_the_package(tmp_path: Path) -> None:
    folders = Folders(tmp_path, tmp_path / "Roaming", tmp_path / "Roaming", tmp_path / "Packages")
    usual = tmp_path / "Roaming" / "Claude" / "claude_desktop_config.json"
    assert DESKTOP.file(folders, None) == usual
    for name in ("Claude_abc", "Claude_xyz", "OpenAI.Codex_1"):
        (tmp_path / "Packages" / name).mkdir(parents=True)
    inside = Path("LocalCache", "Roaming", "Claude", "claude_desktop_config.json")
    assert DESKTOP.file(folders, None) == tmp_path / "Packages" / "Claude_abc" / inside
    used = tmp_path / "Packages" / "Claude_xyz" / inside
    used.parent.mkdir(parents=True)
    used.touch()
    assert DESKTOP.file(folders, None) == used
    assert CODEX.file(folders, None) == tmp_path / ".codex" / "config.toml"


def test_the_folders_of_each_system_are_told_apart() -> None:
    from postroom.cli.connect.folders import folders_of_this_person

    assert folders_of_this_person("darwin").dot_config == Path.home() / ".config"
    linux = folders_of_this_person("linux")
    assert (linux.dot_config, linux.packages) == (linux.config, None)
    windows = folders_of_this_person("win32")
    assert windows.dot_config == windows.config
    assert windows.packages is not None
    assert windows.packages.name == "Packages"


def test_an_entry_of_ours_is_known_wherever_it_was_made() -> None:
    for command in ("postroom", "/x/postroom", "C:\\x\\postroom.exe"):
        assert is_ours({"command": command, "args": ["mcp"]})
    assert is_ours({"command": "/x/python", "args": ["-m", "postroom", "mcp", "--agent", "a"]})
    assert is_ours({"command": "uvx", "args": ["--from", "w.whl", "postroom", "mcp"]})
    somebody_else = ["-y", "someone-else", "--server", "mcp", "--db", "postroom"]
    assert not is_ours({"command": "npx", "args": somebody_else})
    token = {"Authorization": "Bearer ${MY_POSTROOM_TOKEN_X}"}
    assert not is_ours({"url": "https://other.example/mcp", "headers": token})
    others: list[object] = [None, 3, [], {}, {"command": "postroom"}]
    for other in (*others, {"command": "npx", "args": ["mcp"]}):
        assert not is_ours(other)


REMOTE = {name: each.remote for name, each in CLIENTS.items() if each.remote is not None}


@pytest.mark.parametrize("name", REMOTE)
def test_an_entry_for_a_server_elsewhere_is_known_as_ours_and_holds_no_token(name: str) -> None:
    made = remote_entry(CLIENTS[name], REMOTE[name], "https://post.example.com/mcp")
    assert is_ours(made)
    assert "https://post.example.com/mcp" in made.values()
    assert "POSTROOM_TOKEN" in json.dumps(made)
    assert not is_ours(made | {"headers": {"Authorization": "x"}, "bearer_token_env_var": "X"})


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/mcp"),
        ("http://[::1]:8765/", "http://[::1]:8765/mcp"),
        ("https://post.example.com/mcp/", "https://post.example.com/mcp"),
        ("https://example.com/post", "https://example.com/post/mcp"),
        ("post.example.com", ""),
        ("ftp://post.example.com", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("https://token@post.example.com", ""),
        ("https://post.example.com/mcp?token=1", ""),
        ("https://post.example.com/#mcp", ""),
        ("https://post.example.com:99999", ""),
        ("https://${env:HOST}/mcp", ""),
        ("https://post.exam ple.com/mcp", ""),
        ("https://post.example.com/\nmcp", ""),
    ],
)
def test_the_address_of_a_server_leads_to_its_tools(url: str, address: str) -> None:
    from postroom.mcp.http import PATH as SERVED

    assert tools_at(url) == address
    assert PATH == SERVED


def test_connected_to_a_server_elsewhere_it_starts_nothing(
    postroom: Program, tmp_path: Path
) -> None:
    project = ("cursor", "--project", str(tmp_path))
    assert postroom("connect", *project, "--json").json["what"] == "written"
    told = postroom("connect", *project, "--url", "https://post.example.com")
    assert "POSTROOM_TOKEN" in told.out
    made = servers(CLIENTS["cursor"], tmp_path / ".cursor" / "mcp.json")["postroom"]
    assert made == {
        "url": "https://post.example.com/mcp",
        "headers": {"Authorization": "Bearer ${env:POSTROOM_TOKEN}"},
    }
    assert postroom("connect", *project, "--remove", "--json").json["what"] == "removed"


def test_each_agent_of_a_server_elsewhere_has_a_token_of_its_own(
    postroom: Program, tmp_path: Path
) -> None:
    project = ("cursor", "--project", str(tmp_path), "--url", "https://post.example.com")
    assert postroom("connect", *project).code == 0
    told = postroom("connect", *project, "--agent", "acme/ada-2")
    assert "Set POSTROOM_TOKEN_ACME_ADA_2 " in told.out
    made = servers(CLIENTS["cursor"], tmp_path / ".cursor" / "mcp.json")
    found = {name: each["headers"]["Authorization"] for name, each in made.items()}
    assert found == {
        "postroom": "Bearer ${env:POSTROOM_TOKEN}",
        "postroom-acme--ada-2": "Bearer ${env:POSTROOM_TOKEN_ACME_ADA_2}",
    }
    assert all(is_ours(each) for each in made.values())
    codex = ("codex", "--project", str(tmp_path), "--agent", "ada")
    assert postroom("connect", *codex, "--url", "https://post.example.com").code == 0
    made = servers(CLIENTS["codex"], tmp_path / ".codex" / "config.toml")
    assert made["postroom-ada"]["bearer_token_env_var"] == "POSTROOM_TOKEN_ADA"
    assert is_ours(made["postroom-ada"])


def test_a_token_that_would_go_in_clear_is_told_of(postroom: Program) -> None:
    for url, warned in (("http://post.example.com", True), ("http://127.0.0.1:8765", False)):
        told = postroom("connect", "codex", "--url", url, "--print")
        assert told.code == 0
        assert ("everybody on the way" in told.err) is warned


def test_a_client_that_cannot_be_told_of_a_server_elsewhere_says_so(postroom: Program) -> None:
    for words in (
        ("vscode", "--url", "https://post.example.com"),
        ("claude-desktop", "--url", "https://post.example.com"),
        ("codex", "--url", "post.example.com"),
        ("codex", "--url", "https://post.example.com", "--remove"),
    ):
        assert postroom("connect", *words).code == 2
    assert list(postroom.person.iterdir()) == []


def test_agents_of_one_name_in_two_tenants_have_two_entries(tmp_path: Path) -> None:
    assert len({server_name(each) for each in ("default", "ada", "acme/ada", "acme-ada")}) == 4
    assert entry(VSCODE, ("/x/postroom",), "acme/ada", tmp_path)["args"][-1] == "acme/ada"


def test_the_entry_has_absolute_paths_alone(tmp_path: Path) -> None:
    made = entry(VSCODE, ("/x/bin/postroom",), "ada", tmp_path)
    assert made == {
        "type": "stdio",
        "command": "/x/bin/postroom",
        "args": ["mcp", "--agent", "ada"],
        "env": {"POSTROOM_HOME": str(tmp_path)},
    }


def servers(client: Client, file: Path) -> dict[str, Any]:
    text = file.read_text("utf-8")
    said = tomllib.loads(text) if client.language == "toml" else json.loads(text)
    return dict(said.get(client.key, {}))


SHAPES = {(each.language, each.key, each.with_type): each.name for each in CLIENTS.values()}
"""One client of each way to say it; the others' files differ in where they are."""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: XDG_CONFIG_HOME moves folders")
@pytest.mark.parametrize("name", SHAPES.values())
def test_what_connect_wrote_really_starts_the_server(postroom: Program, name: str) -> None:
    import subprocess

    written = postroom("connect", name, "--agent", "ada", "--json")
    assert written.code == 0, written.err
    file = Path(written.json["file"])
    assert file.is_relative_to(postroom.person)
    made = servers(CLIENTS[name], file)["postroom-ada"]
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    # A desktop program: another folder, and next to nothing in its environment.
    done = subprocess.run(
        [made["command"], *made["args"]],
        input=json.dumps(hello).encode() + b"\n",
        capture_output=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", **made["env"]},
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[0])["result"]["serverInfo"]["name"] == "postroom"
    assert postroom("connect", name, "--agent", "ada", "--json").json["what"] == "unchanged"
    removed = postroom("connect", name, "--agent", "ada", "--remove", "--json")
    assert removed.json["what"] == "removed"
    assert servers(CLIENTS[name], file) == {}


def test_print_only_shows(postroom: Program) -> None:
    shown = postroom("connect", "claude-desktop", "--print")
    assert shown.code == 0, shown.err
    made = json.loads(shown.out)["mcpServers"]["postroom"]
    assert Path(made["command"]).is_absolute()
    assert list(postroom.person.iterdir()) == []


def test_codex_is_shown_a_table(postroom: Program) -> None:
    shown = postroom("connect", "codex", "--print")
    assert shown.code == 0, shown.err
    made = tomllib.loads(shown.out)["mcp_servers"]["postroom"]
    assert made["env"] == {"POSTROOM_HOME": str(postroom.home)}
    assert postroom("connect", "codex", "--print", "--json").json["mcp_servers"]["postroom"] == made


def test_the_command_knows_the_clients_that_there_are() -> None:
    from postroom.cli.commands.connect import CLIENT_NAMES

    assert tuple(CLIENTS) == CLIENT_NAMES


def test_a_client_without_projects_says_so(postroom: Program, tmp_path: Path) -> None:
    for name in ("claude-desktop", "windsurf", "zed"):
        told = postroom("connect", name, "--project", str(tmp_path), "--json")
        assert told.code == 2
        assert "projects" in told.error["message"]


def test_a_project_has_its_own_file(postroom: Program, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name, file in (
        ("claude-code", ".mcp.json"),
        ("vscode", ".vscode/mcp.json"),
        ("cursor", ".cursor/mcp.json"),
        ("codex", ".codex/config.toml"),
        ("gemini-cli", ".gemini/settings.json"),
    ):
        assert postroom("connect", name, "--project", str(project)).code == 0
        assert "postroom" in (project / file).read_text("utf-8")
    assert list(postroom.person.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: modes")
def test_a_copy_of_a_private_file_is_private_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # killed before it comes to that
    backup = config(file).write("{ }", instead_of="{}")
    assert backup is not None
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only on POSIX: as root")
def test_a_file_stays_its_owners_where_root_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o640)
    os.chown(file, 12345, 12346)
    backup = config(file).write("{ }", instead_of="{}")
    assert backup is not None
    for each in (file, backup):
        found = each.stat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 12346, 0o640)
